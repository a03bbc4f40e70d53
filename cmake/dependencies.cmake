# Everything comes from the distribution; docs/dependencies.md says what for.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL 7.85 REQUIRED)
if(SWARMWARD_TESTS)
  find_package(GTest REQUIRED)
endif()

# The heap of the daemon, and of what measures its parts; sanitizers bring their own.
add_library(swarmward_heap INTERFACE)
if(NOT SWARMWARD_SANITIZE)
  find_package(mimalloc 2.0 REQUIRED)
  target_link_libraries(swarmward_heap INTERFACE
    -Wl,--push-state,--no-as-needed mimalloc -Wl,--pop-state)
  target_compile_definitions(swarmward_heap INTERFACE SWARMWARD_MIMALLOC)
endif()

# Asio and Beast are compiled once, in base/asio_impl.cpp.
add_library(swarmward_asio INTERFACE)
target_link_libraries(swarmward_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(swarmward_asio INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)

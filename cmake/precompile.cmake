# Headers that nearly every file reads, read once: a fifth of the time of a build from nothing. Only where
# nobody develops: with it, a file that forgets an include compiles all the same.
option(SWARMWARD_PRECOMPILE "Precompile common headers" OFF)
if(SWARMWARD_PRECOMPILE)
  set(_headers <algorithm> <chrono> <filesystem> <functional> <map> <memory> <optional> <ranges> <set> <string> <vector>
      <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/generic/stream_protocol.hpp>
      <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>
      <nlohmann/json.hpp>
      ${CMAKE_SOURCE_DIR}/src/state/snapshot.h)
  # Other compilers' warnings are to be known of, not to end a build. In all other builds they are errors.
  target_compile_options(swarmward_flags INTERFACE -Wno-error)
  if(NOT EXISTS ${CMAKE_BINARY_DIR}/precompiled.cpp)  # Else each configuration would make them anew.
    file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
  endif()
  foreach(_target swarmward_precompiled swarmward_precompiled_tests)
    add_library(${_target} STATIC ${CMAKE_BINARY_DIR}/precompiled.cpp)
    target_include_directories(${_target} PRIVATE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${_target} PRIVATE swarmward_flags swarmward_asio)
  endforeach()
  target_precompile_headers(swarmward_precompiled PRIVATE ${_headers})
  target_link_libraries(swarmward_precompiled_tests PRIVATE GTest::gmock GTest::gtest)
  target_precompile_headers(swarmward_precompiled_tests PRIVATE ${_headers} <gmock/gmock.h> <gtest/gtest.h>)
endif()

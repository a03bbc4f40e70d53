# One interface target carries the flags of every room.
add_library(swarmward_flags INTERFACE)
target_compile_options(swarmward_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -g1)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # False findings of these versions, with optimisation on, in coroutine frames, std::string and
  # std::optional of the standard library.
  target_compile_options(swarmward_flags INTERFACE
    -Wno-mismatched-new-delete -Wno-maybe-uninitialized -Wno-restrict)
endif()

if(SWARMWARD_UNITY)
  # A local name may be that of another file which is compiled with its own; and g++ does not know
  # any more that a lambda in a coroutine is of a file of its own.
  target_compile_options(swarmward_flags INTERFACE -Wno-shadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(swarmward_flags INTERFACE -Wno-subobject-linkage)
  endif()
endif()

# Clang's: with sanitizers it compiles faster than g++, which also has no libFuzzer.
if(SWARMWARD_SANITIZE AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "The sanitizer builds are made with clang: use the presets 'asan' and 'tsan'.")
endif()
if(SWARMWARD_SANITIZE MATCHES "address")
  # The checks left out cost half the build time and have no findings of their own in this code base.
  set(_sanitize -fsanitize=address,undefined
      -fno-sanitize=null,alignment,vptr,object-size,return,nonnull-attribute,function
      -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif(SWARMWARD_SANITIZE MATCHES "thread")
  set(_sanitize -fsanitize=thread)
endif()
if(SWARMWARD_FUZZ)
  target_compile_options(swarmward_flags INTERFACE -fsanitize=fuzzer-no-link)  # What the fuzzer steers by.
endif()
if(_sanitize)
  target_compile_options(swarmward_flags INTERFACE ${_sanitize})
  target_link_options(swarmward_flags INTERFACE ${_sanitize})
endif()

find_program(SWARMWARD_MOLD mold)
if(SWARMWARD_MOLD)
  target_link_options(swarmward_flags INTERFACE -fuse-ld=mold)
endif()
find_program(SWARMWARD_CCACHE ccache)
if(SWARMWARD_CCACHE)
  # Paths relative to the source tree: clones of it in other places share what is compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${SWARMWARD_CCACHE})
endif()

# Flags, ccache, linker: the same for every target.
add_compile_options(
  -Wall -Wextra -Wconversion -Wswitch-enum -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  -fno-omit-frame-pointer -march=x86-64-v3)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees uninitialised values and overflows in std::expected and in coroutines that are
  # not there.
  add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
                      -Wno-free-nonheap-object -Wno-restrict -Wno-stringop-overread)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Boost 1.74 knows coroutines of clang only from before they were in the standard.
  add_compile_definitions(BOOST_ASIO_HAS_CO_AWAIT=1 BOOST_ASIO_HAS_STD_COROUTINE=1)
  # Let ccache share the precompiled header, and find its source when it preprocesses.
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  include_directories(${CMAKE_SOURCE_DIR}/cmake)
  # g++ is the compiler whose warnings are errors; clang is here for its sanitizers.
  add_compile_options(-Wno-error)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

find_program(CCACHE ccache)
if(CCACHE)
  # Sloppiness: what ccache needs to cache precompiled headers; base_dir lets clones share.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# libFuzzer needs clang, and coverage counters in all that it shall find its way through.
set(WEIR_LIBFUZZER OFF)
if(WEIR_SANITIZE)
  # Lines are enough for a report; whole debug information doubles the time of a link.
  add_compile_options(-fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${WEIR_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND WEIR_SANITIZE MATCHES "address")
    set(WEIR_LIBFUZZER ON)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
endif()
if(WEIR_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

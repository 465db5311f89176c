# weir_folder(NAME LAYER N [COLD] LINK ...): the library of src/NAME, its tests, fuzz entries and
# benchmarks.
#
# x.cc goes into weir_NAME; x_test.cc into weir_NAME_test; x_bench.cc into weir_NAME_bench;
# x_fuzz.cc becomes a fuzz target of its own (cmake/tests.cmake). A folder without sources gives an
# empty library, so that the list of layers stays whole.
#
# COLD: no row passes through the folder's code. Its files are compiled for release with -O1, which
# takes three fifths of the time of -O3.
add_library(weir_pch_anchor STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
target_include_directories(weir_pch_anchor PUBLIC ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(weir_pch_anchor PUBLIC fmt::fmt Threads::Threads)
target_include_directories(weir_pch_anchor PRIVATE ${CMAKE_SOURCE_DIR}/cmake)
target_precompile_headers(weir_pch_anchor PRIVATE [["pch.h"]])

function(weir_folder name)
  cmake_parse_arguments(ARG "COLD" "LAYER" "LINK" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cc)
  set(tests ${sources})
  set(benches ${sources})
  set(fuzzes ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  list(FILTER fuzzes INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz)\\.cc$")

  if(NOT sources)
    set(sources ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
  endif()
  add_library(weir_${name} STATIC ${sources})
  target_include_directories(weir_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(weir_${name} PUBLIC ${ARG_LINK})
  target_precompile_headers(weir_${name} REUSE_FROM weir_pch_anchor)
  if(ARG_COLD)
    target_compile_options(weir_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()

  if(tests)
    add_executable(weir_${name}_test ${tests})
    target_link_libraries(weir_${name}_test PRIVATE weir_${name} GTest::gmock GTest::gtest_main)
    target_precompile_headers(weir_${name}_test REUSE_FROM weir_pch_anchor)
    add_test(NAME unit_${name} COMMAND weir_${name}_test --gtest_brief=1
             --gtest_output=xml:${CMAKE_BINARY_DIR}/results/unit_${name}.xml)
    set_tests_properties(unit_${name} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
  if(benches)
    add_executable(weir_${name}_bench ${benches})
    target_link_libraries(weir_${name}_bench PRIVATE weir_${name} benchmark::benchmark_main)
    target_precompile_headers(weir_${name}_bench REUSE_FROM weir_pch_anchor)
    # Run for a moment, so that benchmarks do not rot.
    add_test(NAME bench_${name} COMMAND weir_${name}_bench --benchmark_min_time=0.001)
    set_tests_properties(bench_${name} PROPERTIES LABELS bench TIMEOUT 300)
    set_property(GLOBAL APPEND PROPERTY WEIR_BENCH_TARGETS weir_${name}_bench)
  endif()
  foreach(fuzz ${fuzzes})
    get_filename_component(stem ${fuzz} NAME_WE)
    # Where libFuzzer is there, it is the driver; else the short one of our own.
    if(WEIR_LIBFUZZER)
      add_executable(${stem} ${fuzz} ${CMAKE_SOURCE_DIR}/tests/fuzz/libfuzzer.cc)
      target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
      set(corpus ${CMAKE_BINARY_DIR}/corpus/${stem})
      file(MAKE_DIRECTORY ${corpus})
      add_test(NAME fuzz_${stem} COMMAND ${stem} -runs=4000 -max_total_time=20 -seed=1 -timeout=20
               ${corpus})
    else()
      add_executable(${stem} ${fuzz} ${CMAKE_SOURCE_DIR}/tests/fuzz/driver.cc)
      add_test(NAME fuzz_${stem} COMMAND ${stem} --runs 2000)
    endif()
    target_link_libraries(${stem} PRIVATE weir_${name})
    target_precompile_headers(${stem} REUSE_FROM weir_pch_anchor)
    set_tests_properties(fuzz_${stem} PROPERTIES LABELS fuzz TIMEOUT 300)
    set_property(GLOBAL APPEND PROPERTY WEIR_FUZZ_TARGETS ${stem})
  endforeach()
endfunction()

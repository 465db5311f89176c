# Tests that are not one folder's unit tests: one ctest entry a script.

# weir_script_test(NAME LABEL COMMAND...): a script; the exit status is the verdict.
function(weir_script_test name label)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 300
                       ENVIRONMENT "WEIR_DEPS=${WEIR_DEPS}")
endfunction()

weir_script_test(tidy style python3 tools/tidy.py)
weir_script_test(tidy_test style python3 tools/tidy_test.py)
weir_script_test(golden_test style python3 tools/golden_test.py)
weir_script_test(format style python3 tools/tidy.py --format)
set_tests_properties(format PROPERTIES SKIP_RETURN_CODE 77)

# tests/<kind>/<name>_test.py drives the built program: `python name_test.py build/weir`, with the
# Python that has the test clients. Those of chaos/ have the machine for themselves.
file(GLOB scripts CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/tests
     ${CMAKE_SOURCE_DIR}/tests/*/*_test.py)
list(FILTER scripts EXCLUDE REGEX "^peers/") # they compare with other systems: make peers
foreach(script ${scripts})
  string(REGEX MATCH "^[^/]+" kind ${script})
  string(REGEX REPLACE "(_test)?\\.py$" "" name ${script})
  string(REPLACE "/" "_" name ${name})
  weir_script_test(${name} ${kind} ${WEIR_DEPS}/python/bin/python tests/${script}
                   $<TARGET_FILE:weir>)
  if(kind STREQUAL "chaos")
    set_tests_properties(${name} PROPERTIES RUN_SERIAL ON TIMEOUT 900)
  endif()
endforeach()

# Golden files: recorded from Apache Flink, replayed on weir.
if(EXISTS ${CMAKE_SOURCE_DIR}/src/cli/sql.cc)
  file(GLOB_RECURSE goldens CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/tests/sql
       ${CMAKE_SOURCE_DIR}/tests/sql/*.slt)
  foreach(golden ${goldens})
    string(REGEX REPLACE "[/.]" "_" name ${golden})
    weir_script_test(golden_${name} golden python3 tools/golden.py $<TARGET_FILE:weir>
                     tests/sql/${golden})
  endforeach()
endif()

get_property(benches GLOBAL PROPERTY WEIR_BENCH_TARGETS)
get_property(fuzzes GLOBAL PROPERTY WEIR_FUZZ_TARGETS)
string(REPLACE ";" "\n" benches "${benches}")
string(REPLACE ";" "\n" fuzzes "${fuzzes}")
file(WRITE ${CMAKE_BINARY_DIR}/bench_targets.txt "${benches}\n")
file(WRITE ${CMAKE_BINARY_DIR}/fuzz_targets.txt "${fuzzes}\n")

# Arrow's own C++ library as the judge of types/arrow_c.h. Its wheel is built with GNU's library and
# without sanitizers.
if(EXISTS ${WEIR_ARROW}/include/arrow/c/bridge.h AND NOT WEIR_SANITIZE)
  add_executable(arrow_c_test tests/arrow/arrow_c_test.cc)
  target_include_directories(arrow_c_test SYSTEM PRIVATE ${WEIR_ARROW}/include)
  target_link_libraries(arrow_c_test PRIVATE weir_types GTest::gtest_main
                        ${WEIR_ARROW}/lib/libarrow.so)
  set_target_properties(arrow_c_test PROPERTIES BUILD_RPATH ${WEIR_ARROW}/lib)
  add_test(NAME arrow_c COMMAND arrow_c_test --gtest_brief=1)
  set_tests_properties(arrow_c PROPERTIES LABELS unit TIMEOUT 300)
endif()

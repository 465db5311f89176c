# The machine that builds: what it must be able to do, and how many compilers it can feed.
file(STRINGS /proc/cpuinfo cpu_flags REGEX "^flags" LIMIT_COUNT 1)
foreach(flag avx2 bmi2 fma movbe)
  if(cpu_flags AND NOT cpu_flags MATCHES " ${flag}( |$)")
    message(FATAL_ERROR "This processor lacks '${flag}': weir is compiled for x86-64-v3 "
                        "(Intel Haswell, AMD Zen or newer).")
  endif()
endforeach()

# A compiler of the larger files takes 1.2 GB: with little memory fewer run at once.
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
cmake_host_system_information(RESULT memory_mb QUERY AVAILABLE_PHYSICAL_MEMORY)
if(EXISTS /sys/fs/cgroup/memory.max)
  file(STRINGS /sys/fs/cgroup/memory.max limit LIMIT_COUNT 1)
  if(limit MATCHES "^[0-9]+$")
    math(EXPR limit_mb "${limit} / 1048576")
    if(limit_mb LESS memory_mb)
      set(memory_mb ${limit_mb})
    endif()
  endif()
endif()
math(EXPR compilers "${memory_mb} / 1200")
if(compilers LESS 1)
  set(compilers 1)
elseif(compilers GREATER cores)
  set(compilers ${cores})
endif()
set_property(GLOBAL PROPERTY JOB_POOLS compile=${compilers} link=2)
set(CMAKE_JOB_POOL_COMPILE compile)
set(CMAKE_JOB_POOL_LINK link)

# Where tools/setup put what Debian does not have. The folders are resolved to their versions, so
# that another clone's newer set-up does not change what this tree was built with.
if(NOT WEIR_DEPS)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/setup --where
                  OUTPUT_VARIABLE WEIR_DEPS OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
endif()
foreach(item chdb arrow)
  if(NOT EXISTS ${WEIR_DEPS}/${item})
    message(FATAL_ERROR "${WEIR_DEPS}/${item} is missing. Run tools/setup first.")
  endif()
endforeach()
file(REAL_PATH ${WEIR_DEPS}/chdb WEIR_CHDB)
file(REAL_PATH ${WEIR_DEPS}/arrow WEIR_ARROW)

# build/lib stands beside build/weir, as it does where weir is installed (rpath $ORIGIN/lib).
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
file(CREATE_LINK ${WEIR_CHDB}/libchdb.so ${CMAKE_BINARY_DIR}/lib/libchdb.so SYMBOLIC)

# The codec of Kafka's messages, made from src/kafka/messages.table.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(codec ${CMAKE_BINARY_DIR}/generated/kafka/messages)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/kafka)
add_custom_command(
  OUTPUT ${codec}.h ${codec}.cc
  COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/kafka_codec.py
          ${CMAKE_SOURCE_DIR}/src/kafka/messages.table ${codec}.h ${codec}.cc
  COMMAND ${CMAKE_COMMAND} -E touch ${codec}.h ${codec}.cc
  DEPENDS ${CMAKE_SOURCE_DIR}/src/kafka/messages.table ${CMAKE_SOURCE_DIR}/tools/kafka_codec.py
  COMMENT "Making the codec of Kafka's messages"
  VERBATIM)
target_sources(weir_kafka PRIVATE ${codec}.cc ${codec}.h)
target_include_directories(weir_kafka PUBLIC ${CMAKE_BINARY_DIR}/generated)
# Whoever includes kafka/messages.h waits for it.
add_custom_target(weir_kafka_codec DEPENDS ${codec}.h ${codec}.cc)
add_dependencies(weir_kafka weir_kafka_codec)

# The samples that Kafka's own classes wrote.
set_source_files_properties(
  ${CMAKE_SOURCE_DIR}/src/kafka/messages_golden_test.cc PROPERTIES COMPILE_DEFINITIONS
  WEIR_KAFKA_SAMPLES="${CMAKE_SOURCE_DIR}/tests/data/kafka/messages.txt")

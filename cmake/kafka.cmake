# runtime/connectors/kafka/, which alone sees librdkafka, in a library of their own: lib/weir/libweir_kafka.a for
# executables whose manifest names Kafka, lib/weir/libweir_kafka.so for weir, which loads it when it is needed. Loading
# librdkafka with its OpenSSL and SASL at each start would cost more than compiling a query does.

file(GLOB kafka_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/connectors/kafka/*.cpp)

add_library(weir_kafka_objects OBJECT ${kafka_sources})
target_compile_options(weir_kafka_objects PRIVATE ${WEIR_WARNINGS} -ffunction-sections -fdata-sections)
target_link_libraries(weir_kafka_objects PUBLIC PkgConfig::WEIR_RDKAFKA)

add_library(weir_kafka STATIC $<TARGET_OBJECTS:weir_kafka_objects>)
target_link_libraries(weir_kafka PUBLIC PkgConfig::WEIR_RDKAFKA)

add_library(weir_kafka_module MODULE $<TARGET_OBJECTS:weir_kafka_objects>)
target_link_libraries(weir_kafka_module PRIVATE weir_runtime PkgConfig::WEIR_RDKAFKA Threads::Threads)
target_link_options(weir_kafka_module PRIVATE -Wl,--gc-sections -Wl,--exclude-libs,ALL)

set_target_properties(weir_kafka weir_kafka_module PROPERTIES OUTPUT_NAME weir_kafka
  ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/weir LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/weir)

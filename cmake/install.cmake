# A usable tree: bin/weir finds lib/weir/libweir_runtime.a beside itself, in the build folder as where it is installed.

include(GNUInstallDirs)
if(TARGET weir)
  install(TARGETS weir RUNTIME DESTINATION bin)
endif()
install(TARGETS weir_runtime weir_kafka weir_kafka_module ARCHIVE DESTINATION lib/weir LIBRARY DESTINATION lib/weir)
if(EXISTS ${PROJECT_SOURCE_DIR}/examples)
  install(DIRECTORY examples DESTINATION share/weir)
endif()
install(DIRECTORY docs/ DESTINATION share/doc/weir OPTIONAL)
install(FILES README.md LICENSE DESTINATION share/doc/weir OPTIONAL)

# Installs the program, the module, both libraries, the header, aelua.pc and the CMake package.

install(PROGRAMS $<TARGET_FILE:aelua> DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME aelua${suffix})
install(TARGETS aelua_static aelua_shared EXPORT aelua
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES src/aelua.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# require "aelua-double" calls luaopen_aelua too: Lua leaves out what follows the hyphen.
install(PROGRAMS $<TARGET_FILE:aelua_module> DESTINATION ${CMAKE_INSTALL_LIBDIR}/lua/5.4 RENAME aelua${suffix}.so)

# For reading, and for language servers: the Lua sources are inside the library already.
install(DIRECTORY lua/aelua DESTINATION ${CMAKE_INSTALL_DATADIR}/aelua/lua FILES_MATCHING PATTERN "*.lua")
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DATADIR}/aelua)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})

# aelua.pc finds the prefix from where it lies, so that `cmake --install --prefix` is free to choose.
file(RELATIVE_PATH pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_to_prefix ${pc_to_prefix})
configure_file(scripts/cmake/aelua.pc.in aelua${suffix}.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/aelua${suffix}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/aelua${suffix})
configure_package_config_file(scripts/cmake/aelua-config.cmake.in aelua${suffix}-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(aelua${suffix}-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/aelua${suffix}-config.cmake
              ${PROJECT_BINARY_DIR}/aelua${suffix}-config-version.cmake DESTINATION ${package_dir})
install(EXPORT aelua NAMESPACE aelua:: FILE aelua-targets.cmake DESTINATION ${package_dir})

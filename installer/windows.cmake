# The installer for Windows, made by NSIS, and the libraries that an installed Linnet needs there.

set(CPACK_NSIS_PACKAGE_NAME Linnet)
set(CPACK_NSIS_DISPLAY_NAME Linnet)
set(CPACK_NSIS_INSTALL_ROOT "$PROGRAMFILES64")
set(CPACK_PACKAGE_INSTALL_DIRECTORY Linnet)
set(CPACK_NSIS_MUI_ICON "${PROJECT_SOURCE_DIR}/resources/icons/linnet.ico")
set(CPACK_NSIS_MUI_UNIICON "${CPACK_NSIS_MUI_ICON}")
set(CPACK_NSIS_INSTALLED_ICON_NAME "bin\\linnet.exe")
set(CPACK_NSIS_EXECUTABLES_DIRECTORY ${CMAKE_INSTALL_BINDIR})
set(CPACK_NSIS_MUI_FINISHPAGE_RUN linnet.exe)
set(CPACK_NSIS_MANIFEST_DPI_AWARE ON)
set(CPACK_NSIS_COMPRESSOR "/SOLID lzma")
set(CPACK_NSIS_MODIFY_PATH ON) # asks; for linnet-cli
set(CPACK_NSIS_ENABLE_UNINSTALL_BEFORE_INSTALL ON)
# Linnet is offered for texts ("Open with"), and takes over no type of file.
set(CPACK_NSIS_EXTRA_INSTALL_COMMANDS "
  WriteRegStr SHCTX 'Software\\Classes\\Applications\\linnet.exe' 'FriendlyAppName' 'Linnet'
  WriteRegStr SHCTX 'Software\\Classes\\Applications\\linnet.exe\\shell\\open\\command' '' '\"$INSTDIR\\bin\\linnet.exe\" \"%1\"'
  WriteRegStr SHCTX 'Software\\Classes\\Applications\\linnet.exe\\SupportedTypes' '.md' ''
  WriteRegStr SHCTX 'Software\\Classes\\Applications\\linnet.exe\\SupportedTypes' '.txt' ''")
set(CPACK_NSIS_EXTRA_UNINSTALL_COMMANDS "
  DeleteRegKey SHCTX 'Software\\Classes\\Applications\\linnet.exe'")
if(TARGET linnet)
    set(CPACK_PACKAGE_EXECUTABLES linnet Linnet) # in the start menu
endif()

if(NOT WIN32)
    return()
endif()
include(InstallRequiredSystemLibraries) # the compiler's own
if(TARGET linnet)
    # Qt's libraries, plugins and translations.
    set(script OUTPUT_SCRIPT)
    if(Qt6_VERSION VERSION_LESS 6.5)
        set(script FILENAME_VARIABLE)
    endif()
    qt_generate_deploy_app_script(TARGET linnet ${script} deploy)
    install(SCRIPT "${deploy}")
endif()
# All others, those of libtorch and OpenCV too, beside the programs. What comes with Windows and with
# Qt stays out.
set(places)
if(TARGET torch)
    list(APPEND places "$<TARGET_FILE_DIR:torch>")
endif()
install(RUNTIME_DEPENDENCY_SET linnet_dependencies
        DIRECTORIES ${places} ${LINNET_RUNTIME_FOLDERS}
        PRE_EXCLUDE_REGEXES "^api-ms-" "^ext-ms-" "^[Qq]t6"
        POST_EXCLUDE_REGEXES "[/\\\\][Ss]ystem32[/\\\\]" "[/\\\\][Ss]ys[Ww][Oo][Ww]64[/\\\\]"
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

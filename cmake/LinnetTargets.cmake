# What every target of the project shares: the language level, the warnings, the sanitizers, and
# the functions that declare a library, an executable and a test. A target sees another folder's
# headers only by linking it, which is how the layer rule of ARCHITECTURE.md is compiled.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(GNUInstallDirs)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib/linnet")
# And where a libtorch of one's own lies, if it is no part of the system.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

find_program(LINNET_CCACHE ccache)
if(LINNET_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # pch_defines and time_macros let ccache cache translation units that use a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${LINNET_CCACHE}")
endif()
# LLVM's linker takes seconds off each of a hundred tests; without it, the compiler's own does.
find_program(LINNET_LLD ld.lld)
if(LINNET_LLD)
    add_link_options(-fuse-ld=lld)
endif()
find_package(Threads REQUIRED)

add_library(linnet_common INTERFACE)
target_compile_features(linnet_common INTERFACE cxx_std_20)
target_compile_options(linnet_common INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -fno-math-errno)
# GCC 12 sees overlapping copies in std::string where there are none (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(linnet_common INTERFACE -Wno-restrict)
endif()
if(LINNET_WERROR)
    target_compile_options(linnet_common INTERFACE -Werror)
endif()
if(LINNET_SANITIZE)
    target_compile_options(linnet_common INTERFACE
        -fsanitize=${LINNET_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(linnet_common INTERFACE -fsanitize=${LINNET_SANITIZE})
endif()

# linnet_library(NAME SOURCES ... [PUBLIC ...] [PRIVATE ...] [SHARED] [QT])
function(linnet_library name)
    cmake_parse_arguments(ARG "SHARED;QT" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    if(ARG_SHARED)
        add_library(${name} SHARED ${ARG_SOURCES})
    else()
        add_library(${name} STATIC ${ARG_SOURCES})
    endif()
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}/core")
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE linnet_common ${ARG_PRIVATE})
    target_compile_features(${name} PUBLIC cxx_std_20)
    linnet_qt_options(${name} "${ARG_QT}")
endfunction()

# linnet_entry_only(NAME SYMBOL): a shared library that shows its entry function alone; what is
# linked into it must not meet the same names in the program. Opened at run time.
function(linnet_entry_only name symbol)
    set_target_properties(${name} PROPERTIES
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        INSTALL_RPATH "$ORIGIN")
    if(NOT APPLE)
        set(map "${CMAKE_CURRENT_BINARY_DIR}/${name}.map")
        file(CONFIGURE OUTPUT "${map}" CONTENT "{ global: ${symbol}; local: *; };\n")
        target_link_options(${name} PRIVATE
            "LINKER:--version-script=${map}" "LINKER:--no-undefined")
        set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${map}")
    endif()
    linnet_install(${name})
endfunction()

# linnet_install(NAME): programs to bin, libraries that are opened at run time to lib/linnet. Windows
# looks for both, and for what they link, in the program's folder: installer/windows.cmake.
function(linnet_install name)
    set(dependencies)
    if(WIN32)
        set(dependencies RUNTIME_DEPENDENCY_SET linnet_dependencies)
    endif()
    install(TARGETS ${name} ${dependencies}
            RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
            LIBRARY DESTINATION lib/linnet)
endfunction()

function(linnet_executable name)
    cmake_parse_arguments(ARG "QT" "" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE linnet_common ${ARG_LIBS})
    linnet_qt_options(${name} "${ARG_QT}")
endfunction()

# linnet_test(NAME SOURCES ... LIBS ... [LABELS ...] [UI]): one Qt Test executable. UI tests run
# offscreen. Every test has a home of its own, so that no test can see the user's settings. The
# target linnet_LABEL_tests builds all tests of a label; without LABELS a test is "unit", and also
# "ui", "torch" (it loads libtorch, which the sanitizers do not know) or "core" (all others).
function(linnet_test name)
    cmake_parse_arguments(ARG "UI" "" "SOURCES;LIBS;LABELS" ${ARGN})
    if(NOT TARGET Qt6::Test)
        return()
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE linnet_common ${ARG_LIBS} Qt6::Test)
    if(ARG_UI)
        target_link_libraries(${name} PRIVATE Qt6::Widgets)
    endif()
    linnet_qt_options(${name} TRUE)
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_compile_definitions(${name} PRIVATE
        LINNET_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
        LINNET_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        LINNET_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    set(home "${CMAKE_BINARY_DIR}/test-home/${name}")
    file(MAKE_DIRECTORY "${home}")
    if(NOT ARG_LABELS)
        set(ARG_LABELS unit)
        if(ARG_UI)
            list(APPEND ARG_LABELS ui)
        elseif("linnet_training" IN_LIST ARG_LIBS)
            list(APPEND ARG_LABELS torch)
        else()
            list(APPEND ARG_LABELS core)
        endif()
    endif()
    foreach(label IN LISTS ARG_LABELS)
        if(NOT TARGET linnet_${label}_tests)
            add_custom_target(linnet_${label}_tests)
        endif()
        add_dependencies(linnet_${label}_tests ${name})
    endforeach()
    set_tests_properties(${name} PROPERTIES
        LABELS "${ARG_LABELS}" TIMEOUT 300
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;HOME=${home};XDG_CONFIG_HOME=${home}/config;XDG_DATA_HOME=${home}/data;XDG_CACHE_HOME=${home}/cache;XDG_STATE_HOME=${home}/state;OMP_NUM_THREADS=1;QT_LOGGING_RULES=qt.qpa.*=false;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/leaks.supp")
endfunction()

function(linnet_qt_options name enabled)
    if(NOT enabled)
        return()
    endif()
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_compile_definitions(${name} PRIVATE
        QT_NO_KEYWORDS QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_NO_JAVA_STYLE_ITERATORS)
endfunction()

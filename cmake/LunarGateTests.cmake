# SPDX-License-Identifier: GPL-3.0-or-later

# What ./dev test --preset tsan builds: the tests labelled so.
add_custom_target(tsan_tests)

# Without Qt's definitions of the test's folders, which would make a header of each test's own.
set(LUNARGATE_TEST_OPTIONS -UQT_TESTCASE_BUILDDIR -UQT_TESTCASE_SOURCEDIR)

# lunargate_test(NAME SOURCES file... [LIBRARIES lib...] [LABELS label...] [TIMEOUT seconds])
# A Qt Test program that ctest runs under NAME. Tests are independent of each other and run in parallel.
function(lunargate_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    qt_add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_link_libraries(${name} PRIVATE lunargate_compiler gateway Qt6::Test ${ARG_LIBRARIES})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
    if("ui_test_support" IN_LIST ARG_LIBRARIES OR "Qt6::Gui" IN_LIST ARG_LIBRARIES)
        target_precompile_headers(${name} REUSE_FROM gateway) # Qt Test's own headers are others with Qt Gui
    else()
        target_compile_options(${name} PRIVATE ${LUNARGATE_TEST_OPTIONS})
        target_precompile_headers(${name} REUSE_FROM test_headers)
    endif()
    # Nearly always empty, as a test's file includes its moc file: reading the header would be all there is to do.
    set_source_files_properties("${CMAKE_CURRENT_BINARY_DIR}/${name}_autogen/mocs_compilation.cpp" PROPERTIES
        SKIP_PRECOMPILE_HEADERS ON)
    add_test(NAME ${name} COMMAND ${name})
    if("tsan" IN_LIST ARG_LABELS)
        add_dependencies(tsan_tests ${name})
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${ARG_TIMEOUT}
        LABELS "${ARG_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;XDG_DATA_HOME=${PROJECT_BINARY_DIR}/tests/data;QT_LOGGING_TO_CONSOLE=1;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/leak_suppressions.txt;TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/race_suppressions.txt")
endfunction()

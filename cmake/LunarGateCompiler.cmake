# SPDX-License-Identifier: GPL-3.0-or-later
# Language level, warnings, sanitizers, linker and compiler cache for every target of the project.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# The type of the dev preset: fast to build, with line numbers in stack traces, assertions on (see QT_FORCE_ASSERTS).
set(CMAKE_CXX_FLAGS_DEV "-g1")

find_program(LUNARGATE_CCACHE ccache)
if(LUNARGATE_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${LUNARGATE_CCACHE}" CACHE STRING "")
endif()
find_program(LUNARGATE_MOLD mold)
if(LUNARGATE_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_library(lunargate_compiler INTERFACE)
# Clang takes a function's own name for a type that another file of a folder has a name for as shadowing.
# No missing-field-initializers: what a designated initialiser leaves out has its default, and that is what they are for.
target_compile_options(lunargate_compiler INTERFACE
    -Wall -Wextra -Wno-missing-field-initializers -Wpedantic
    $<$<NOT:$<AND:$<CXX_COMPILER_ID:Clang>,$<BOOL:${LUNARGATE_UNITY}>>>:-Wshadow>
    -Wnon-virtual-dtor -Woverloaded-virtual
    -Wold-style-cast -Wimplicit-fallthrough
    $<$<CXX_COMPILER_ID:GNU>:-fcoroutines -Wduplicated-cond -Wlogical-op>
    $<$<BOOL:${LUNARGATE_WERROR}>:-Werror>)
target_compile_definitions(lunargate_compiler INTERFACE
    QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_STRICT_ITERATORS
    QT_DISABLE_DEPRECATED_UP_TO=0x060800
    $<$<NOT:$<CONFIG:Release>>:QT_FORCE_ASSERTS>)

if(LUNARGATE_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(LUNARGATE_SANITIZE)
    add_compile_options(-fsanitize=${LUNARGATE_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${LUNARGATE_SANITIZE})
    if(LUNARGATE_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=undefined)
    endif()
endif()

# With sanitizers the gateway is a shared library: linked into each of the test programs, it took 45 GB. The fuzz targets
# are few and want all code instrumented in one place.
set(LUNARGATE_LIBRARY_TYPE STATIC)
if(LUNARGATE_SANITIZE AND NOT LUNARGATE_FUZZ)
    set(LUNARGATE_LIBRARY_TYPE SHARED)
    set(CMAKE_CXX_VISIBILITY_PRESET default)
    set(CMAKE_VISIBILITY_INLINES_HIDDEN OFF)
    # For all targets, not only the library: who reuses its precompiled header must have the same flags.
    add_compile_options(-fPIC)
endif()

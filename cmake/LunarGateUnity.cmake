# SPDX-License-Identifier: GPL-3.0-or-later

# The files of a folder are compiled together, up to this many at a time. Most of the time of compiling one of our files goes
# into what it includes: the gateway takes 96 s of CPU so instead of 840 s (thread sanitizer, two cores of an AMD EPYC).
set(LUNARGATE_UNITY_FILES 16)

# lunargate_unity(TARGET): call it when the target has all its sources. By folder, so that a new file changes nothing in the
# machine code of other folders, whose instructions ./dev bench --counts compares. What a folder's files keep in unnamed
# namespaces must therefore have names of its own within the folder. Not for the dev preset, where a changed file is compiled
# alone and must include what it uses, and not for ui, whose files have a tr() of their own context each.
function(lunargate_unity target)
    if(NOT LUNARGATE_UNITY)
        return()
    endif()
    get_target_property(sources ${target} SOURCES)
    get_target_property(folder_of_target ${target} SOURCE_DIR)
    foreach(source IN LISTS sources)
        if(NOT source MATCHES "\\.cpp$")
            continue()
        endif()
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${folder_of_target}" NORMALIZE)
        cmake_path(IS_PREFIX PROJECT_BINARY_DIR "${source}" generated)
        if(generated)
            continue()
        endif()
        cmake_path(GET source PARENT_PATH folder)
        file(RELATIVE_PATH group "${PROJECT_SOURCE_DIR}" "${folder}")
        string(REPLACE "/" "_" group "${group}")
        if(NOT DEFINED files_of_${group})
            set(files_of_${group} 0)
        endif()
        math(EXPR batch "${files_of_${group}} / ${LUNARGATE_UNITY_FILES}")
        math(EXPR files_of_${group} "${files_of_${group}} + 1")
        set_source_files_properties("${source}" TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP "${group}_${batch}")
    endforeach()
    # GCC takes what is included for a header, where a type that only one file knows would be wrong.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    # GCC stops inlining in a file that has grown by 40 % and passes 10,000 instructions, as most of these do.
    target_compile_options(${target} PRIVATE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:--param=large-unit-insns=1000000>)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

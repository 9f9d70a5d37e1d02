# SPDX-License-Identifier: MIT
# Benchmark images, with the same core as the board's own: bench-engine, bench-native-O2 and -Os,
# and bench-engine-apart, where what helpers do is not counted. In bench-engine-unchecked, the JIT
# leaves out what makes programs safe. Only bench-engine is built unasked.
enable_language(C)
set(CMAKE_C_STANDARD 11)
set(bench "${root}/bench")

file(STRINGS "${bench}/programs/list.inc" rows REGEX "^PROGRAM")
set(program_sources "")
foreach(row IN LISTS rows)
    string(REGEX REPLACE "PROGRAM\\(.*, (.*)\\)" "${bench}/programs/\\1.c" source "${row}")
    list(APPEND program_sources "${source}")
endforeach()

# Helpers are what the firmware's author wrote: compiled for speed, whatever calls them.
add_library(bench_helpers OBJECT "${bench}/firmware/helpers.c")
target_compile_options(bench_helpers PRIVATE -O2 -fhosted)

foreach(level IN ITEMS O2 Os)
    add_library(bench_programs_${level} OBJECT ${program_sources})
    target_compile_options(bench_programs_${level} PRIVATE
        -${level} -fhosted -fno-strict-aliasing -Wno-unknown-pragmas -Wno-sign-conversion
        -Wno-conversion -Wno-unused-parameter)
    add_library(bench_glue_${level} OBJECT "${bench}/firmware/glue.c")
    target_compile_options(bench_glue_${level} PRIVATE -O2 -fhosted)
    mbpf_image(bench-native-${level} "${bench}/firmware/native.cpp" ${board_support}
        $<TARGET_OBJECTS:bench_programs_${level}> $<TARGET_OBJECTS:bench_glue_${level}>
        $<TARGET_OBJECTS:bench_helpers>)
    set_target_properties(bench-native-${level} PROPERTIES EXCLUDE_FROM_ALL TRUE)
    set_target_properties(bench_programs_${level} bench_glue_${level} PROPERTIES
        EXCLUDE_FROM_ALL TRUE)
endforeach()

foreach(image IN ITEMS bench-engine bench-engine-apart)
    mbpf_image(${image} "${bench}/firmware/engine.cpp" ${board_support} "${root}/runner/wire.cpp"
        $<TARGET_OBJECTS:bench_helpers>)
endforeach()
target_compile_definitions(bench-engine PRIVATE BENCH_HELPERS_APART=0)
target_compile_definitions(bench-engine-apart PRIVATE BENCH_HELPERS_APART=1)
set_target_properties(bench-engine-apart PROPERTIES EXCLUDE_FROM_ALL TRUE)

file(GLOB unchecked_sources CONFIGURE_DEPENDS "${root}/core/mbpf/jit/*.cpp")
add_library(mbpf_unchecked STATIC EXCLUDE_FROM_ALL ${unchecked_sources})
target_compile_definitions(mbpf_unchecked PUBLIC MBPF_UNCHECKED)
set(MBPF_IMAGE_CORE mbpf_unchecked mbpf_core)
mbpf_image(bench-engine-unchecked "${bench}/firmware/engine.cpp" ${board_support}
    "${root}/runner/wire.cpp" $<TARGET_OBJECTS:bench_helpers>)
set(MBPF_IMAGE_CORE mbpf_core)
target_compile_definitions(bench-engine-unchecked PRIVATE BENCH_HELPERS_APART=0)
set_target_properties(bench-engine-unchecked PROPERTIES EXCLUDE_FROM_ALL TRUE)

# How the core behaves with other limits than its own: MBPF_MAX_REGIONS, for all of this build.
set(MBPF_MAX_REGIONS "" CACHE STRING "Instead of config::max_regions, for one experiment")
if(MBPF_MAX_REGIONS)
    set(limits "core/mbpf/machine/config.hpp")
    file(READ "${root}/${limits}" text)
    string(REGEX REPLACE "max_regions = [0-9]+" "max_regions = ${MBPF_MAX_REGIONS}" text "${text}")
    file(WRITE "${PROJECT_BINARY_DIR}/limits/mbpf/machine/config.hpp" "${text}")
    include_directories(BEFORE "${PROJECT_BINARY_DIR}/limits")
endif()

# SPDX-License-Identifier: MIT
# Benchmark images, with the same core as the board's own: bench-engine, bench-native-O2 and -Os.
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

set(board_support semihosting.cpp ${MBPF_BOARD_FOLDER}/startup.cpp
    ${MBPF_BOARD_FOLDER}/semihosting_call.cpp)

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
endforeach()

mbpf_image(bench-engine "${bench}/firmware/engine.cpp" ${board_support} "${root}/runner/wire.cpp"
    $<TARGET_OBJECTS:bench_helpers>)

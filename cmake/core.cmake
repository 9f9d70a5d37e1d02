# SPDX-License-Identifier: MIT
# One library per layer, in include order: a layer links only what stands above it in this file, so
# a dependency that points the wrong way fails to link, and scripts/check_layers.py says why.
function(mbpf_layer name folder)
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
    if(sources)
        add_library(mbpf_${name} STATIC ${sources})
        target_link_libraries(mbpf_${name} PUBLIC ${ARGN} PRIVATE mbpf_warnings mbpf_core_dialect)
        set(reach PUBLIC)
    else()
        add_library(mbpf_${name} INTERFACE)
        target_link_libraries(mbpf_${name} INTERFACE ${ARGN})
        set(reach INTERFACE)
    endif()
    target_include_directories(mbpf_${name} ${reach}
        "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}")
endfunction()

mbpf_layer(base        core/mbpf/base)
mbpf_layer(port        core/mbpf/port        mbpf_base)
mbpf_layer(isa         core/mbpf/isa         mbpf_base)
mbpf_layer(program     core/mbpf/program     mbpf_isa)
mbpf_layer(machine     core/mbpf/machine     mbpf_program)
mbpf_layer(verifier    core/mbpf/verifier    mbpf_machine)
mbpf_layer(helpers     core/mbpf/helpers     mbpf_machine)
mbpf_layer(interpreter core/mbpf/interpreter mbpf_verifier mbpf_port)
mbpf_layer(jit         core/mbpf/jit         mbpf_interpreter)
mbpf_layer(runner      runner                mbpf_jit mbpf_helpers)

# SPDX-License-Identifier: Apache-2.0
# slipway-agent: one fully static, stripped file that runs in any node image. `slipway-agent` is what is
# shipped; the sanitizers cannot be linked statically.
add_executable(slipway-agent main.cpp app.cpp origin.cpp)
target_link_libraries(slipway-agent PRIVATE slipway_options
  agent_admission agent_bootstrap agent_config agent_containers agent_discovery agent_dns agent_facts agent_kube agent_link
  agent_logs agent_metrics agent_release agent_terminal)
if(NOT SLIPWAY_SANITIZE)
  target_link_options(slipway-agent PRIVATE -static -Wl,--gc-sections -Wl,--icf=safe)
  # The start files of a static program register .eh_frame as one list, which the first exception reads
  # and sorts whole: 2 MB resident, 300 kB of heap. Unregistered, it is found by .eh_frame_hdr's table.
  foreach(name __register_frame_info __deregister_frame_info)
    target_link_options(slipway-agent PRIVATE -Wl,--wrap=${name} -Wl,--defsym=__wrap_${name}=0)
  endforeach()
  add_custom_command(TARGET slipway-agent POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:slipway-agent> $<TARGET_FILE:slipway-agent>.debug
    COMMAND llvm-strip-19 $<TARGET_FILE:slipway-agent>
    COMMENT "Stripping slipway-agent (symbols stay in slipway-agent.debug)" VERBATIM)
endif()

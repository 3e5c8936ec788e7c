# SPDX-License-Identifier: Apache-2.0
# slipway-agent: one fully static, stripped file that runs in any node image. `slipway-agent` is what is
# shipped; the sanitizers cannot be linked statically.
find_package(CLI11 REQUIRED)

add_executable(slipway-agent main.cpp app.cpp)
target_link_libraries(slipway-agent PRIVATE slipway_options CLI11::CLI11
  agent_bootstrap agent_config agent_containers agent_discovery agent_dns agent_facts agent_kube agent_link
  agent_logs agent_terminal)
if(NOT SLIPWAY_SANITIZE)
  target_link_options(slipway-agent PRIVATE -static -Wl,--gc-sections -Wl,--icf=safe)
  add_custom_command(TARGET slipway-agent POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:slipway-agent> $<TARGET_FILE:slipway-agent>.debug
    COMMAND llvm-strip-19 $<TARGET_FILE:slipway-agent>
    COMMENT "Stripping slipway-agent (symbols stay in slipway-agent.debug)" VERBATIM)
endif()

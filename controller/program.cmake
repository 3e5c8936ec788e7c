# SPDX-License-Identifier: Apache-2.0
slipway_library(controller_wiring ${CMAKE_CURRENT_LIST_DIR}/wiring.cpp
  DEPS controller_clusters controller_discovery controller_intents controller_links
       controller_mirror controller_releases)
slipway_library(controller_borders ${CMAKE_CURRENT_LIST_DIR}/cluster_rounds.cpp ${CMAKE_CURRENT_LIST_DIR}/application_definition.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tenant_borders.cpp ${CMAKE_CURRENT_LIST_DIR}/quota_keeper.cpp ${CMAKE_CURRENT_LIST_DIR}/canary_keeper.cpp DEPS controller_applications controller_http)
add_executable(slipway-controller
  ${CMAKE_CURRENT_LIST_DIR}/main.cpp ${CMAKE_CURRENT_LIST_DIR}/commands.cpp
  ${CMAKE_CURRENT_LIST_DIR}/serve.cpp ${CMAKE_CURRENT_LIST_DIR}/app.cpp
  ${CMAKE_CURRENT_LIST_DIR}/public_certificate.cpp)
target_link_libraries(slipway-controller PRIVATE slipway_options
  controller_config controller_console controller_http controller_access controller_clusters controller_cloud_local
  controller_discovery controller_intents controller_links controller_mirror controller_releases controller_secrets
  controller_store controller_borders controller_wiring cloud_init)
set_target_properties(slipway-controller PROPERTIES UNITY_BUILD OFF)
# Thousands of links allocate all the time: a seventh less CPU than with glibc's (tests/bench/swarm). Sanitizers bring their own.
if(NOT SLIPWAY_SANITIZE)
  find_package(mimalloc 2.0 REQUIRED)
  target_link_libraries(slipway-controller PRIVATE mimalloc)
endif()

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>

#if defined(__has_feature) && __has_feature(address_sanitizer)
#include <sanitizer/allocator_interface.h>
#define SLIPWAY_COUNTS_HEAP 1
#else
#define SLIPWAY_COUNTS_HEAP 0
#endif

namespace slipway::fakes {

/// What the process has on its heap and had at most: exact, by the sanitizer's own hooks, where
/// resident memory would show its quarantine. Without the sanitizer both stay zero.
class HeapMeter {
 public:
  HeapMeter() {
#if SLIPWAY_COUNTS_HEAP
    static const int kInstalled = __sanitizer_install_malloc_and_free_hooks(
        [](const volatile void*, std::size_t size) {
          const auto now = live_ += static_cast<std::ptrdiff_t>(size);
          auto most = most_.load();
          while (now > most && !most_.compare_exchange_weak(most, now)) {
          }
        },
        [](const volatile void* freed) {
          live_ -= static_cast<std::ptrdiff_t>(
              __sanitizer_get_allocated_size(const_cast<const void*>(freed)));
        });
    (void)kInstalled;
#endif
    begin();
  }

  void begin() {
    before_ = live_;
    most_ = before_;
  }
  std::ptrdiff_t grown() const {
    return live_ - before_;
  }  ///< since begin()
  std::ptrdiff_t at_most() const {
    return most_ - before_;
  }  ///< since begin()

 private:
  static inline std::atomic<std::ptrdiff_t> live_ = 0;
  static inline std::atomic<std::ptrdiff_t> most_ = 0;
  std::ptrdiff_t before_ = 0;
};

}  // namespace slipway::fakes

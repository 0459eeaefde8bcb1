import Glibc

/// Whether the tests run under the Address or the Thread Sanitizer, where nothing has its usual size and pace.
package enum Sanitizer {
    package static let isOn = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}

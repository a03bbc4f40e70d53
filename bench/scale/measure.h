#pragma once

#include <chrono>
#include <cstdio>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace swarmward::bench {

/// CPU seconds of all threads of this process so far.
inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto const seconds = [](timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

inline double wall_seconds() {
  auto const now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

/// Memory of this process that is in RAM, in bytes.
inline double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// What `what` costs in CPU seconds.
template <class What>
double cpu_of(What const& what) {
  auto const before = cpu_seconds();
  what();
  return cpu_seconds() - before;
}

}  // namespace swarmward::bench

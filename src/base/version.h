#pragma once

namespace swarmward {

/// Version of this program. CMake reads it from here.
inline constexpr char const* kVersion = "0.1.0";

}  // namespace swarmward

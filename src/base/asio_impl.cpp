// The one translation unit that holds the bodies of Asio and Beast, see cmake/dependencies.cmake.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>

#pragma once

#include <memory>

#include "backends/docker/versioned_client.h"
#include "backends/engine.h"

namespace swarmward::backends {

/// Sends the request with the archive as its body, piece by piece; `read` is told the bytes so far.
/// A source that gives nothing any more is closed once the request's timeout is over. The client
/// must outlive the call. Errors: those of VersionedClient::command(), and of the archive.
asio::awaitable<Result<void>> upload_archive(VersionedClient* client,
                                             HttpRequest request,
                                             std::unique_ptr<ByteStream> archive,
                                             BytesRead read);

}  // namespace swarmward::backends

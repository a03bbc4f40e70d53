#pragma once

#include "model/service.h"
#include "wire/codec/reader.h"

namespace swarmward::wire {

// What native does to a spec between decoding and storing: defaults that become visible, values
// that get lost, and the errors it finds on the way. Nothing happens in the stored form.

void normalise(Reader& reader, model::BindOptions& bind);
void normalise(Reader& reader, model::Mount& mount);
void normalise(Reader& reader, model::Privileges& privileges);
void normalise(Reader& reader, model::ConfigReference& reference);
void normalise(Reader& reader, model::ContainerSpec& container);
void normalise(Reader& reader, model::ResourceRequirements& resources);
void normalise(Reader& reader, model::RestartPolicy& policy);
void normalise(Reader& reader, model::UpdateConfig& config);

}  // namespace swarmward::wire

// SPDX-License-Identifier: Apache-2.0
// A model in parts: `model.safetensors.index.json` maps every tensor to the file it lies in. The map
// comes from the same stranger as the model, so a part's name is one plain name, never a path.
#include "core/files/file_formats.h"
#include "core/files/json_reader.h"
#include "core/files/name_order.h"

#include <map>

namespace quantoscope {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t longestIndex = 100'000'000;
constexpr std::size_t mostEntries = 1'000'000;
constexpr std::size_t mostShards = 10'000;

tl::unexpected<Error> malformed(std::string message)
{
    return failure(Error::Kind::Malformed, std::move(message));
}

struct ShardMap {
    std::map<std::string, std::vector<std::string>, std::less<>> tensorsOf;   ///< By shard, in name order.
    std::size_t count = 0;
    std::vector<std::pair<std::string, std::string>> metadata;
};

void readMetadata(JsonReader& json, ShardMap& map)
{
    constexpr std::size_t longestValue = 1000;   // "total_size" and the like; the rest is not for people
    auto members = json.object();
    std::string key;
    while (members.next(key)) {
        if (json.peek() == '"') {
            std::string value;
            json.readString(value);
            map.metadata.emplace_back(key, value);
        } else if (const auto value = json.skipValue(); value.size() < longestValue) {
            map.metadata.emplace_back(key, value);
        }
        if (map.metadata.size() > mostEntries)
            json.fail("the metadata has more than a million entries");
    }
}

void readWeightMap(JsonReader& json, ShardMap& map)
{
    auto members = json.object();
    std::string tensor;
    std::string shard;
    while (members.next(tensor)) {
        json.readString(shard);
        if (!json.ok())
            return;
        map.tensorsOf[shard].push_back(tensor);
        if (map.tensorsOf.size() > mostShards)
            json.fail("the model is in more than 10 000 parts");
        if (++map.count > mostEntries)
            json.fail("it lists more than a million tensors");
    }
}

Result<ShardMap> parseIndex(std::string_view text)
{
    if (const std::size_t bad = findInvalidUtf8(text); bad != text.npos)
        return malformed("The index is not text: byte " + std::to_string(bad) + " is not valid UTF-8.");
    JsonReader json(text);
    ShardMap map;
    bool hasMap = false;
    bool hasMetadata = false;
    auto members = json.object();
    std::string key;
    while (members.next(key)) {
        if (key == "weight_map" && !std::exchange(hasMap, true))
            readWeightMap(json, map);
        else if (key == "metadata" && !std::exchange(hasMetadata, true))
            readMetadata(json, map);
        else if (key == "weight_map" || key == "metadata")
            json.fail("“" + key + "” comes twice");
        else
            json.skipValue();
    }
    if (!json.expectEnd())
        return malformed("The index is damaged at byte " + std::to_string(json.position()) + ": " + json.problem() + ".");
    if (!hasMap)
        return malformed("The index has no “weight_map”, which says in which file each tensor lies.");
    return map;
}

bool isPlainName(std::string_view name)
{
    return !name.empty() && name.size() <= 255 && name.find_first_of(std::string_view("/\\:\0", 4)) == name.npos
        && name.ends_with(".safetensors");
}

bool liesIn(const fs::path& file, const fs::path& folder)
{
    return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

/// The real path of a part. Links are followed, but only within the model's folder or, in a cache of
/// the Hugging Face hub (…/snapshots/REVISION/), to the blobs of that model.
Result<fs::path> shardPath(const fs::path& index, const std::string& shard)
{
    if (!isPlainName(shard))
        return malformed("The index sends tensors to " + quotedName(shard)
                         + ", which is not the plain name of a safetensors file beside it.");
    std::error_code problem;
    const fs::path folder = fs::canonical(fs::absolute(index).parent_path(), problem);
    if (problem)
        return failure(Error::Kind::NotFound, "The folder of the index cannot be found: " + problem.message() + ".");
    const fs::path real = fs::canonical(folder / shard, problem);
    if (problem)
        return failure(Error::Kind::NotFound,
                       "The part " + quotedName(shard) + " is not to be found: " + problem.message() + ". All parts lie in the folder of the index.");
    const bool isCache = folder.parent_path().filename() == "snapshots";
    if (!liesIn(real, folder) && !(isCache && liesIn(real, folder.parent_path().parent_path() / "blobs")))
        return failure(Error::Kind::Unreadable,
                       "The part " + quotedName(shard) + " is a link that leads out of the model's folder; the program does not follow it.");
    return real;
}

/// Takes from a part the tensors that the index says lie in it, in the part's own order.
Result<void> addShard(const fs::path& index, const std::string& shard, const std::vector<std::string>& wanted,
                      TensorDirectory& whole)
{
    const auto path = shardPath(index, shard);
    if (!path)
        return tl::unexpected(path.error());
    const auto inShard = [&](Error error) {
        error.message = "In the part " + quotedName(shard) + ": " + error.message;
        return tl::unexpected(std::move(error));
    };
    auto file = FileBytes::open(*path, shard);
    if (!file)
        return inShard(file.error());
    auto directory = readSafetensorsDirectory(**file);
    if (!directory)
        return inShard(directory.error());

    const NameOrder order(wanted.size(), [&](std::size_t i) -> std::string_view { return wanted[i]; });
    if (const auto twice = order.duplicate())
        return malformed("The index names tensor " + quotedName(wanted[*twice]) + " twice.");
    std::vector<bool> found(wanted.size());
    for (TensorInfo& tensor : directory->tensors) {
        if (const auto entry = order.find(tensor.name)) {
            found[*entry] = true;
            whole.tensors.push_back(std::move(tensor));
        }
    }
    if (const auto missing = std::find(found.begin(), found.end(), false); missing != found.end())
        return malformed("The index says that tensor " + quotedName(wanted[std::size_t(missing - found.begin())])
                         + " lies in the part " + quotedName(shard) + ", but it does not.");
    if (whole.shards.empty())
        whole.metadata.insert(whole.metadata.end(), directory->metadata.begin(), directory->metadata.end());
    whole.shards.push_back(std::move(*file));
    return {};
}

}  // namespace

Result<TensorDirectory> readSafetensorsIndex(const FileBytes& file)
{
    if (file.size() > longestIndex)
        return malformed("The index has " + std::to_string(file.size()) + " bytes; more than 100 000 000 are not read.");
    std::string text(file.size(), '\0');
    if (auto got = file.read(0, std::as_writable_bytes(std::span(text))); !got)
        return tl::unexpected(got.error());
    auto map = parseIndex(text);
    if (!map)
        return tl::unexpected(map.error());
    text = {};

    TensorDirectory whole;
    whole.metadata = std::move(map->metadata);
    whole.tensors.reserve(map->count);
    for (const auto& [shard, tensors] : map->tensorsOf)
        if (auto added = addShard(file.path(), shard, tensors, whole); !added)
            return tl::unexpected(added.error());
    const NameOrder order(whole.tensors.size(), [&](std::size_t i) -> std::string_view { return whole.tensors[i].name; });
    if (const auto twice = order.duplicate())
        return malformed("The index names tensor " + quotedName(whole.tensors[*twice].name) + " twice.");
    return whole;
}

}  // namespace quantoscope

// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/output.h"
#include "core/files/model_file.h"
#include "core/language/words_under_scheme.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace quantoscope {

namespace {

struct Arguments {
    std::string scheme, model;
    std::size_t samples = 10, lossWords = quantoscope::lossWords;
    std::uint64_t seed = 7;
};

CommandOutput describe(const Arguments& arguments, const CompensatedScheme& scheme, const WordsUnderScheme& result,
                       const WordLoss& original)
{
    CommandOutput output;
    output.json = {{"scheme", schemeText(scheme)},
                   {"sentence", schemeSentence(scheme)},
                   {"bitsPerWeight", result.bitsPerWeight},
                   {"sqnrDb", jsonNumber(result.sqnrDb)},
                   {"outputSqnrDb", jsonNumber(result.outputSqnrDb)},
                   {"bitsPerCharacter", jsonNumber(result.loss.bitsPerCharacter)},
                   {"standardError", jsonNumber(result.loss.standardError)},
                   {"bitsPerCharacterFp32", jsonNumber(original.bitsPerCharacter)},
                   {"heldOutWords", result.loss.words},
                   {"characters", result.loss.characters},
                   {"kept", "The gains of the norms stay FP32; every matrix, embeddings included, is quantized."},
                   {"seed", arguments.seed},
                   {"samples", result.words}};
    std::string words;
    for (const std::string& word : result.words)
        words += (words.empty() ? "" : " ") + (word.empty() ? "-" : word);
    output.text = "The sample model as " + schemeSentence(scheme) + "\n"
        + textTable({"", ""}, {{"bits per character", fmt::format("{:.4f} on {} held-out words (FP32: {:.4f})",
                                                                   result.loss.bitsPerCharacter, result.loss.words,
                                                                   original.bitsPerCharacter)},
                               {"bits per weight", fmt::format("{:.6g}", result.bitsPerWeight)},
                               {"SQNR of the weights", fmt::format("{:.2f} dB", result.sqnrDb)},
                               {"SQNR of the outputs", fmt::format("{:.2f} dB, mean over matrices, on the calibration words", result.outputSqnrDb)},
                               {"it says", words}}).substr(1)
        + "The gains of the norms stay FP32; every matrix, embeddings included, is quantized.\n";
    return output;
}

Result<CommandOutput> run(const Arguments& arguments)
{
    const auto scheme = parseCompensatedScheme(arguments.scheme);
    if (!scheme)
        return tl::unexpected(scheme.error());
    const auto source = openModelFile(arguments.model.empty() ? sampleModelFolder() / "words.safetensors"
                                                              : std::filesystem::path(arguments.model));
    if (!source)
        return tl::unexpected(source.error());
    const auto model = WordsModel::load(**source);
    if (!model)
        return tl::unexpected(model.error());
    auto words = heldOutWords();
    if (!words)
        return tl::unexpected(words.error());
    words->resize(std::min(words->size(), arguments.lossWords));

    const auto calibration = calibrationWords();
    if (!calibration)
        return tl::unexpected(calibration.error());

    const Progress progress = commandProgress("Asking the model");
    const auto original = lossOf(*model, *words, {progress.stop});
    if (!original)
        return tl::unexpected(original.error());
    const auto activations = activationsOf(*model, *calibration, {progress.stop});
    if (!activations)
        return tl::unexpected(activations.error());
    const auto result = wordsUnderScheme(*model, *scheme, *activations, *words, arguments.samples, arguments.seed, progress);
    if (!result)
        return tl::unexpected(result.error());
    return describe(arguments, *scheme, *result, *original);
}

}  // namespace

std::function<Result<CommandOutput>()> command::language(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    app.add_option("--scheme", arguments->scheme, "As for qscope quantize, for example int4,group=64; a method may follow: " + compensationMethodList())->required();
    app.add_option("--samples", arguments->samples, "How many words it invents (default 10)")->check(CLI::Range(0, 10000));
    app.add_option("--seed", arguments->seed, "Of the words it invents (default 7)");
    app.add_option("--words", arguments->lossWords, "Held-out words the loss is measured on (default 500 of 3274)")
        ->check(CLI::Range(1, 3274));
    app.add_option("--model", arguments->model, "Another file of the sample model's kind");
    return [arguments] { return run(*arguments); };
}

}  // namespace quantoscope

// SPDX-License-Identifier: Apache-2.0
#include "core/files/model_file.h"
#include "core/language/words_under_scheme.h"

#include "tests/test_case.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace quantoscope;

namespace {

/// Reference values made in double precision by assets/models/train_words.py, apart from this code.
const nlohmann::json& reference()
{
    static const nlohmann::json values = nlohmann::json::parse(std::ifstream(sampleModelFolder() / "words.reference.json"));
    return values;
}

const WordsModel& sampleModel()
{
    static const WordsModel model = [] {
        const auto source = openModelFile(sampleModelFolder() / "words.safetensors");
        return WordsModel::load(*source.value()).value();
    }();
    return model;
}

/// FP32 through 31 layers with sums of 128 and 512 products: some 1e-6 of logits near 10. An error in the
/// architecture shows in the first digits.
constexpr double tolerance = 2e-5;

}  // namespace

class TestLanguage : public QObject {
    Q_OBJECT

private slots:
    void firstLettersHaveTheProbabilitiesOfTheReference()
    {
        WordBatch batch;
        batch.append("");
        const std::vector<float> table = sampleModel().logProbabilities(batch);
        const auto& expected = reference()["first_symbol_log_probabilities"];
        QCOMPARE(table.size(), expected.size());
        for (std::size_t i = 0; i < table.size(); ++i)
            QVERIFY2(std::abs(table[i] - expected[i].get<double>()) < tolerance, std::to_string(i).c_str());
    }

    void wordsHaveTheProbabilitiesOfTheReference()
    {
        // All five in one batch: what stands beside a word must not change it.
        WordBatch batch;
        for (const auto& entry : reference()["words"])
            batch.append(entry["word"].get<std::string>());
        const std::vector<float> table = sampleModel().logProbabilities(batch);
        std::size_t word = 0;
        for (const auto& entry : reference()["words"]) {
            const auto& expected = entry["log_probabilities"];
            for (std::size_t at = 0; at < expected.size(); ++at) {
                QCOMPARE(int(batch.target(word, at)), entry["symbols"][at].get<int>());
                const float found = table[(batch.starts[word] + at) * symbolCount + batch.target(word, at)];
                QVERIFY(std::abs(found - expected[at].get<double>()) < tolerance);
            }
            ++word;
        }
    }

    void lossOnFiveHundredWordsIsTheReferences()
    {
        const auto words = heldOutWords();
        QVERIFY(words.has_value());
        const auto expected = reference()["held_out"]["words"].get<std::vector<std::string>>();
        QCOMPARE(expected.size(), lossWords);
        QVERIFY(std::equal(expected.begin(), expected.end(), words->begin()));
        const auto loss = lossOf(sampleModel(), expected);
        QCOMPARE(loss->characters, reference()["held_out"]["symbols"].get<std::size_t>());
        QVERIFY(std::abs(loss->bitsPerCharacter - reference()["held_out"]["bits_per_character"].get<double>()) < 2e-6);
    }

    void lossOnAllHeldOutWordsIsWhatTheFileSays()
    {
        // held_out_bits_per_character in the file's metadata, rounded to six digits.
        const auto loss = lossOf(sampleModel(), *heldOutWords());
        QVERIFY(std::abs(loss->bitsPerCharacter - 2.443358) < 2e-6);
        QVERIFY(loss->standardError > 0.005 && loss->standardError < 0.05);
    }

    void calibrationWordsAreNotTheWordsTheLossIsMeasuredOn()
    {
        const auto heldOut = heldOutWords(), calibration = calibrationWords();
        QVERIFY(calibration->size() >= 256);
        for (const std::string& word : *calibration)
            QVERIFY2(std::find(heldOut->begin(), heldOut->end(), word) == heldOut->end(), word.c_str());
    }

    void inventedWordsDependOnTheSeedAndNotOnHowManyAreAsked()
    {
        const auto few = inventWords(sampleModel(), 5, 7), many = inventWords(sampleModel(), 70, 7);
        QVERIFY(std::equal(few->begin(), few->end(), many->begin()));
        QVERIFY(*few != *inventWords(sampleModel(), 5, 8));
        for (const std::string& word : *many)
            QVERIFY(word.size() <= longestWord);
    }

    void inventedLettersFollowTheModelsProbabilities()
    {
        // The first letters of 1000 words against the reference: each count within five deviations.
        constexpr int count = 1000;
        const auto words = inventWords(sampleModel(), count, 3);
        std::vector<int> counts(symbolCount);
        for (const std::string& word : *words)
            ++counts[word.empty() ? 0 : std::size_t(word[0] - 'a' + 1)];
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const double p = std::exp(reference()["first_symbol_log_probabilities"][i].get<double>());
            QVERIFY(std::abs(counts[i] - count * p) <= 5 * std::sqrt(count * p * (1 - p)) + 1);
        }
    }

    void fewerBitsSpeakWorse()
    {
        const auto words = heldOutWords();
        double before = lossOf(sampleModel(), std::span(*words).first(lossWords))->bitsPerCharacter;
        for (const char* text : {"int8,channel", "int4,group=32", "int3,group=32", "int2,group=32"}) {
            const auto result = wordsUnderScheme(sampleModel(), {*parseScheme(text)}, {}, std::span(*words).first(lossWords), 1, 7);
            QVERIFY2(result->loss.bitsPerCharacter > before - 0.01, text);
            before = result->loss.bitsPerCharacter;
        }
        QVERIFY(before > 3);   // Two bits without compensation: it only babbles.
    }

    void methodsSpeakBetterThanRoundingToNearest()
    {
        const auto words = heldOutWords();
        const auto activations = activationsOf(sampleModel(), *calibrationWords());
        const auto under = [&](const char* text) {
            return *wordsUnderScheme(sampleModel(), *parseCompensatedScheme(text), *activations, std::span(*words).first(lossWords), 1, 7);
        };
        const WordsUnderScheme plain = under("int3,group=64"), gptq = under("int3,group=64,gptq"), awq = under("int3,group=64,awq");
        QVERIFY(gptq.loss.bitsPerCharacter < plain.loss.bitsPerCharacter);
        QVERIFY(gptq.outputSqnrDb > plain.outputSqnrDb && awq.outputSqnrDb > plain.outputSqnrDb);
        QVERIFY(gptq.sqnrDb < plain.sqnrDb);   // Farther from the weights, nearer to what they do.
        QVERIFY(under("int3,group=64,hqq").loss.bitsPerCharacter < plain.loss.bitsPerCharacter);
        QCOMPARE(gptq.bitsPerWeight, plain.bitsPerWeight);
    }

    void activationsAreThoseOfTheProducts()
    {
        // Positions of 512 words and their markers; ffn_down's inputs are squares, so none is below 0.
        const auto words = calibrationWords();
        std::size_t positions = 0;
        for (const std::string& word : *words)
            positions += word.size() + 1;
        const auto activations = activationsOf(sampleModel(), *words);
        const auto& block = sampleModel().blocks()[2];
        QCOMPARE((*activations)[block.down]->tokens(), std::int64_t(positions));
        QCOMPARE((*activations)[block.down]->columns(), 512);
        for (const float x : (*activations)[block.down]->keptRows())
            QVERIFY(x >= 0);
        QCOMPARE((*activations)[block.key].get(), (*activations)[block.query].get());
        QVERIFY(!(*activations)[0]);
    }

    void roundedInputsCostLittleAtEightBits()
    {
        const auto words = heldOutWords();
        const auto loss = wordsUnderScheme(sampleModel(), *parseCompensatedScheme("int8,channel,int8-inputs"), {}, std::span(*words).first(lossWords), 1, 7);
        const auto plain = lossOf(sampleModel(), std::span(*words).first(lossWords));
        QVERIFY(loss->loss.bitsPerCharacter != plain->bitsPerCharacter);
        QVERIFY(std::abs(loss->loss.bitsPerCharacter - plain->bitsPerCharacter) < 0.02);
    }

    void schemesLeaveGainsAsTheyAre()
    {
        const auto quantized = quantizeModel(sampleModel(), {*parseScheme("int4")}, {});
        QVERIFY(quantized->model.find("blk.2.ffn_norm.weight")->values == sampleModel().find("blk.2.ffn_norm.weight")->values);
        QVERIFY(quantized->model.find("output.weight")->values != sampleModel().find("output.weight")->values);
        QVERIFY(quantized->bitsPerWeight > 4 && quantized->bitsPerWeight < 4.01);
    }

    void aStopIsSeen()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto loss = lossOf(sampleModel(), *heldOutWords(), {stop.get_token()});
        QVERIFY(!loss && loss.error().kind == Error::Kind::Cancelled);
    }

    void otherModelsAreRefusedWithASentence()
    {
        const auto source = openModelFile(TEST_DATA "/models/safetensors/all_dtypes.safetensors");
        QVERIFY(source.has_value());
        const auto model = WordsModel::load(**source);
        QVERIFY(!model && model.error().message.find("sample model") != std::string::npos);
    }
};

QUANTOSCOPE_TEST(tst_language, TestLanguage)
#include "tst_language.moc"

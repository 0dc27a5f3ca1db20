// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/compensation/activations.h"
#include "core/quantization/level_map.h"
#include "core/quantization/quantization_scheme.h"
#include "core/quantization/stored_weight.h"

namespace quantoscope {

/// One matrix of weights, [outputs, inputs] row by row, and what is known about it.
struct CompensationTask {
    std::string name;   ///< For sentences.
    std::int64_t rows = 0, columns = 0;
    std::span<const float> weights;
    QuantizationScheme scheme;
    const Activations* activations = nullptr;   ///< Of this matrix's inputs; nullptr where there are none.
    /// A weight whose code is wanted too, by its index in C order.
    std::optional<std::int64_t> asked = {};
};

struct CompensatedWeights {
    std::vector<float> values;    ///< What the weights have become, in their own basis: scales and rotations undone.
    double bitsPerWeight = 0;     ///< Everything stored counted. What can be folded into the layer before is not stored.
    /// What inputs are divided by before they are rounded; empty where they are left alone.
    std::vector<float> inputScales;
    bool roundsInputs = false;    ///< Inputs are rounded to INT8, one scale a token.
    /// What became of the weight asked for. Its code is empty where no code is this weight's alone, as after a
    /// rotation; its bytes where the method, unlike a scheme, says nothing about packing.
    std::optional<StoredWeight> asked = {};
};

/// A way to spend the same bits better than by rounding to nearest. One row of the table.
struct CompensationMethod {
    std::string_view id;          ///< Option of a scheme: int4,group=64,gptq
    std::string_view name;
    std::string_view sentence;
    bool needsActivations;
    bool isAboutInputs;           ///< Means nothing for a table of rows that are looked up.
    Result<CompensatedWeights> (*apply)(const CompensationTask&, const Progress&);
};
std::span<const CompensationMethod> compensationMethods();
const CompensationMethod* findCompensationMethod(std::string_view id);
std::string compensationMethodList();   ///< "hqq, gptq, …"

/// A scheme with at most one method, as `--scheme` of `qscope language` and `qscope quantize` takes it.
struct CompensatedScheme {
    QuantizationScheme scheme;
    const CompensationMethod* method = nullptr;   ///< nullptr: rounding to nearest, as the scheme says.
};
Result<CompensatedScheme> parseCompensatedScheme(std::string_view text);
std::string schemeText(const CompensatedScheme&);
std::string schemeSentence(const CompensatedScheme&);

/// The scheme with its method; without one, or where the method needs activations and there are none,
/// the scheme alone.
Result<CompensatedWeights> quantizeWeights(const CompensationTask&, const CompensationMethod*, const Progress& = {});

/// The same for a tensor, and one of its weights. Without a method it is storedWeightOf() of the scheme.
Result<StoredWeight> storedWeightOf(const TensorSource&, const TensorInfo&, const CompensatedScheme&, const Activations*, std::int64_t index,
                                    const Progress& = {});
/// The first weight with the largest error. Empty where nothing is finite.
Result<std::optional<std::int64_t>> findLargestError(const TensorSource&, const TensorInfo&, const CompensatedScheme&, const Activations*,
                                                     const Progress& = {});

/// The figures of what weights have become, over those that are finite. Levels and clipping belong to
/// schemes, not to values: they are left at 0.
QuantizationError errorOfStored(std::span<const float> weights, std::span<const float> stored);
/// Rounds rows to INT8 with one scale a row, largest magnitude over 127, in place.
void roundRowsToInt8(std::span<float> rows, std::int64_t columns);
/// Over the activations' kept rows: 10 log10(‖X·Wᵀ‖² / ‖X·Wᵀ − X̂·Ŵᵀ‖²), X̂ being what the inputs are rounded to.
double productSqnrDb(const CompensationTask&, const CompensatedWeights&);

// The methods, each in a file of its own.
Result<CompensatedWeights> quantizeByHqq(const CompensationTask&, const Progress&);
Result<CompensatedWeights> quantizeByGptq(const CompensationTask&, const Progress&);
Result<CompensatedWeights> quantizeByAwq(const CompensationTask&, const Progress&);
Result<CompensatedWeights> quantizeBySmoothQuant(const CompensationTask&, const Progress&);
Result<CompensatedWeights> quantizeRotated(const CompensationTask&, const Progress&);
Result<CompensatedWeights> quantizeWithInt8Inputs(const CompensationTask&, const Progress&);

}  // namespace quantoscope

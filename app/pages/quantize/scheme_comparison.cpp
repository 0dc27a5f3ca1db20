// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/scheme_comparison.h"

#include "widgets/background_job.h"

#include <algorithm>

namespace quantoscope {

namespace {

RatePoint pointOf(const std::string& text, const ValueCounts& counts, const std::vector<std::int64_t>& shape)
{
    const auto scheme = parseScheme(text);
    return {bitsPerWeight(*scheme, shape), errorOf(counts, levelMapOf(*scheme, counts)).sqnrDb};
}

RateFamilies familiesOf(const ValueCounts& counts, const std::vector<std::int64_t>& shape, const Progress& progress)
{
    RateFamilies families;
    families.bound = shannonLowerBound(counts);
    for (int bits = 1; bits <= 8 && !progress.cancelled(); ++bits)
        families.uniform.push_back(pointOf("int" + std::to_string(bits) + ",clip=mse", counts, shape));
    for (int bits = 1; bits <= 6 && !progress.cancelled(); ++bits)
        families.fitted.push_back(pointOf("levels=" + std::to_string(1 << bits), counts, shape));
    return families;
}

}  // namespace

SchemeComparison::SchemeComparison(QObject* parent)
    : QObject(parent)
    , m_familyJob(new BackgroundJob(Pool::Interactive, this))
{
}

SchemeComparison::~SchemeComparison() = default;

void SchemeComparison::setActive(bool active)
{
    m_isActive = active;
    if (!active || !m_isStale)
        return;
    m_isStale = false;
    for (const auto& study : m_kept)
        study->setSource(m_model, m_tensor ? &*m_tensor : nullptr, m_counts);
    computeFamilies();
}

void SchemeComparison::setSource(Model model, const TensorInfo* info, Counts counts)
{
    m_model = std::move(model);
    m_tensor = info ? std::optional(*info) : std::nullopt;
    m_counts = std::move(counts);
    m_families = {};
    m_familyJob->cancel();
    m_isStale = true;
    setActive(m_isActive);
    emit changed();
}

namespace {

bool isSame(const CompensatedScheme& scheme, const QuantizationStudy& study)
{
    return scheme.scheme == study.scheme() && scheme.method == study.method();
}

}  // namespace

void SchemeComparison::setInputs(const std::string& inputs)
{
    m_inputs = inputs;
    for (const auto& study : m_kept)
        study->setCompensation(study->method(), inputs);
}

void SchemeComparison::add(const CompensatedScheme& scheme)
{
    auto study = std::make_unique<QuantizationStudy>();
    study->setWantsMethods(false);
    study->setScheme(scheme.scheme);
    study->setCompensation(scheme.method, m_inputs);
    connect(study.get(), &QuantizationStudy::resultChanged, this, &SchemeComparison::changed);
    connect(study.get(), &QuantizationStudy::passFinished, this, &SchemeComparison::changed);
    if (m_isActive && m_counts)
        study->setSource(m_model, m_tensor ? &*m_tensor : nullptr, m_counts);
    else
        m_isStale = true;
    m_kept.push_back(std::move(study));
}

bool SchemeComparison::keep(const CompensatedScheme& scheme)
{
    const bool isKept = std::any_of(m_kept.begin(), m_kept.end(), [&](const auto& study) { return isSame(scheme, *study); });
    if (isKept || count() + 1 >= most)
        return false;
    add(scheme);
    emit changed();
    return true;
}

void SchemeComparison::remove(int index)
{
    if (index < 0 || index >= count())
        return;
    m_kept.erase(m_kept.begin() + index);
    emit changed();
}

void SchemeComparison::setSchemes(const std::vector<CompensatedScheme>& schemes)
{
    const bool same = std::equal(schemes.begin(), schemes.end(), m_kept.begin(), m_kept.end(),
                                 [](const CompensatedScheme& scheme, const auto& study) { return isSame(scheme, *study); });
    if (same)
        return;
    m_kept.clear();
    for (const CompensatedScheme& scheme : schemes) {
        if (count() + 1 < most)
            add(scheme);
    }
    emit changed();
}

void SchemeComparison::computeFamilies()
{
    if (!m_counts || !m_tensor || m_counts->totals().finite == 0)
        return;
    m_familyJob->start(
        [counts = m_counts, shape = m_tensor->shape](const Progress& progress) { return familiesOf(*counts, shape, progress); },
        [this](RateFamilies families) {
            m_families = std::move(families);
            emit changed();
        });
}

bool SchemeComparison::isSettled() const
{
    return !m_isActive || (!m_familyJob->isRunning()
        && std::all_of(m_kept.begin(), m_kept.end(), [](const auto& study) { return study->isSettled(); }));
}

}  // namespace quantoscope

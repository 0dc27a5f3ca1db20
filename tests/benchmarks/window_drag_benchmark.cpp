// SPDX-License-Identifier: GPL-3.0-or-later
// From a mouse event on a clip handle to the finished repaint of the Quantize page, on the real page
// in a real window, for 1 million to 1 000 million weights. Counting is done before, once for all schemes: a
// drag asks the counts only, so the size of the tensor must not show. The exact pass over a thousand million
// weights is still running when the hand takes hold, as it would be for a person.
//
// window_drag_benchmark [MOVES [WEIGHTS…]]   prints median, 99th percentile and the ratio to the first size, with a move
// every 16 ms as a hand makes them, and how much of the 99th percentile the window's thread worked: the rest it waited for
// a core behind whatever else the machine does. Exit status 1 where the 99th percentile is not under 16 ms.
#include "app/page.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/quantize_page.h"
#include "app/workspace.h"
#include "tests/benchmarks/paint_watch.h"
#include "widgets/background_job.h"
#include "widgets/clip_handle.h"
#include "widgets/histogram_view.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

using namespace quantoscope;

namespace {

/// The synthetic weights, stored as BF16: the upper half of the FP32 code, rounded to nearest even.
class Bfloat16Copy : public TensorSource {
public:
    explicit Bfloat16Copy(std::shared_ptr<const TensorSource> weights)
        : m_weights(std::move(weights))
        , m_tensor(m_weights->tensors().front())
    {
        m_tensor.typeName = "BF16";
        m_tensor.type = findStorageType("BF16");
        m_tensor.bytes = std::uint64_t(m_tensor.count) * 2;
    }

    std::string name() const override { return "BF16"; }
    std::span<const TensorInfo> tensors() const override { return {&m_tensor, 1}; }
    std::span<const std::pair<std::string, std::string>> metadata() const override { return {}; }

    Result<void> read(const TensorInfo& info, ElementRange range, std::span<double> values) const override
    {
        std::vector<float> narrow(values.size());
        auto done = read(info, range, std::span<float>(narrow));
        std::copy(narrow.begin(), narrow.end(), values.begin());
        return done;
    }
    Result<void> read(const TensorInfo&, ElementRange range, std::span<float> values) const override
    {
        auto done = m_weights->read(m_weights->tensors().front(), range, values);
        for (float& value : values)
            value = std::bit_cast<float>(std::uint32_t(upperHalf(value)) << 16);
        return done;
    }
    Result<void> readBytes(const TensorInfo&, ElementRange range, std::span<std::byte> bytes) const override
    {
        std::vector<float> values(std::size_t(range.count));
        auto done = m_weights->read(m_weights->tensors().front(), range, std::span<float>(values));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint16_t code = upperHalf(values[i]);
            std::memcpy(bytes.data() + 2 * i, &code, 2);
        }
        return done;
    }

private:
    static std::uint16_t upperHalf(float value)
    {
        const auto code = std::bit_cast<std::uint32_t>(value);
        return std::uint16_t((code + 0x7FFF + (code >> 16 & 1)) >> 16);
    }

    std::shared_ptr<const TensorSource> m_weights;
    TensorInfo m_tensor;
};

struct Times { double median, p99, own; };

constexpr qint64 longestWait = 5000;   // Milliseconds for the exact pass, which a drag stops anyway.
constexpr const char* schemes[] = {"int4", "int8", "int4,asymmetric"};

Times dragOver(const std::shared_ptr<const TensorSource>& source, const Counts& counts, const char* scheme, int moves)
{
    QWidget window;
    window.resize(1440, 900);
    QuantizeFigure figure(QuantizeFigure::Weights::FromOwner, &window);
    figure.setGeometry(88, 52, 1340, 840);
    figure.setScheme(*parseScheme(scheme));
    figure.setSource(source, &source->tensors().front(), counts);
    window.show();
    const auto settle = [&] {
        QElapsedTimer clock;
        clock.start();
        do
            QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        while ((!figure.isSettled() && clock.elapsed() < longestWait) || clock.elapsed() < 300);
    };
    settle();

    ClipHandle* handle = figure.histogram()->highHandle();
    benchmarks::PaintWatch watch(figure.histogram());
    const auto mouse = [&](QEvent::Type type, double x, Qt::MouseButtons buttons) {
        // Where the handle is now decides what its own coordinates are.
        const QPointF local(x - handle->x(), 60);
        QMouseEvent event(type, local, handle->mapToGlobal(local), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                          buttons, Qt::NoModifier);
        QCoreApplication::sendEvent(handle, &event);
    };
    const double start = handle->geometry().center().x();
    const double middle = figure.histogram()->lowHandle()->isVisible()
        ? (start + figure.histogram()->lowHandle()->geometry().center().x()) / 2 : start / 2;
    mouse(QEvent::MouseButtonPress, start, Qt::LeftButton);
    std::vector<double> milliseconds, own;
    for (int i = 0; i < moves; ++i) {
        // To and fro over nine tenths of the range, never twice at the same pixel in a row.
        const double phase = double(i % 300) / 300, part = phase < 0.5 ? 2 * phase : 2 - 2 * phase;
        const double x = start - part * 0.9 * (start - middle) - (i % 2);
        const double before = benchmarks::ownMilliseconds();
        milliseconds.push_back(watch.millisecondsUntilPainted([&] { mouse(QEvent::MouseMove, x, Qt::LeftButton); }));
        own.push_back(benchmarks::ownMilliseconds() - before);
        benchmarks::restFor(std::max(1, 16 - int(milliseconds.back())));
    }
    mouse(QEvent::MouseButtonRelease, start, Qt::NoButton);
    std::sort(milliseconds.begin(), milliseconds.end());
    std::sort(own.begin(), own.end());
    return {milliseconds[milliseconds.size() / 2], milliseconds[milliseconds.size() * 99 / 100], own[own.size() * 99 / 100]};
}

/// nullptr where no such tensor can be made.
std::shared_ptr<const TensorSource> weightsOf(std::int64_t count, bool narrow)
{
    SyntheticRecipe recipe;
    recipe.count = count;
    auto source = makeSyntheticTensor(recipe);
    if (!source)
        return nullptr;
    return narrow ? std::make_shared<Bfloat16Copy>(*source) : std::shared_ptr<const TensorSource>(*source);
}

}  // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    loadFonts();
    setTheme(ThemeId::Light);
    const int moves = argc > 1 ? std::max(100, std::atoi(argv[1])) : 400;
    std::vector<std::int64_t> sizes;
    for (int i = 2; i < argc; ++i)
        sizes.push_back(std::max(1LL, std::atoll(argv[i])));
    if (sizes.empty())
        sizes = {1'000'000, 100'000'000, 1'000'000'000};
    bool fast = true;
    std::printf("Mouse event to finished repaint, %d moves, window 1440 x 900, milliseconds\n", moves);
    std::printf("%-6s %-18s %12s %10s %10s %10s\n", "type", "scheme", "weights", "median", "99 %", "own 99 %");
    for (const bool narrow : {false, true}) {
        std::map<std::string, double> first;   // Median of the first size, by scheme.
        for (const std::int64_t size : sizes) {
            const auto weights = weightsOf(size, narrow);
            const auto counts = weights ? countValues(*weights, weights->tensors().front()) : Result<Counts>(failure(Error::Kind::Usage, "No such weights can be made."));
            if (!counts) {
                std::fprintf(stderr, "%s\n", counts.error().message.c_str());
                return 2;
            }
            for (const char* scheme : schemes) {
                const Times times = dragOver(weights, *counts, scheme, moves);
                const double before = first.try_emplace(scheme, times.median).first->second;
                std::printf("%-6s %-18s %12lld %10.2f %10.2f %10.2f   %.2f x the time of the first size\n", narrow ? "BF16" : "F32", scheme,
                            (long long)size, times.median, times.p99, times.own, times.median / before);
                std::fflush(stdout);
                fast = fast && times.p99 < 16;
            }
        }
    }
    stopAllJobs();
    return fast ? 0 : 1;
}

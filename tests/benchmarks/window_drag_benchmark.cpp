// SPDX-License-Identifier: GPL-3.0-or-later
// From a mouse event on a clip handle to the finished repaint of the Quantize page, on the real page
// in a real window, for 1 million and 100 million weights. Counting is done before: a drag asks the
// counts only, so the size of the tensor must not show.
//
// window_drag_benchmark [MOVES]   prints median, 99th percentile and the ratio of the two sizes;
// exit status 1 where the 99th percentile is not under 16 ms.
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

struct Times { double median, p99; };

Times dragOver(const std::shared_ptr<const TensorSource>& source, const char* scheme, int moves)
{
    const auto counts = countValues(*source, source->tensors().front());
    QWidget window;
    window.resize(1440, 900);
    QuantizeFigure figure(QuantizeFigure::Weights::FromOwner, &window);
    figure.setGeometry(88, 52, 1340, 840);
    figure.setScheme(*parseScheme(scheme));
    figure.setSource(source, &source->tensors().front(), *counts);
    window.show();
    const auto settle = [&] {
        QElapsedTimer clock;
        clock.start();
        do
            QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        while (!figure.isSettled() || clock.elapsed() < 300);
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
    std::vector<double> milliseconds;
    for (int i = 0; i < moves; ++i) {
        // To and fro over nine tenths of the range, never twice at the same pixel in a row.
        const double phase = double(i % 300) / 300, part = phase < 0.5 ? 2 * phase : 2 - 2 * phase;
        const double x = start - part * 0.9 * (start - middle) - (i % 2);
        milliseconds.push_back(watch.millisecondsUntilPainted([&] { mouse(QEvent::MouseMove, x, Qt::LeftButton); }));
    }
    mouse(QEvent::MouseButtonRelease, start, Qt::NoButton);
    std::sort(milliseconds.begin(), milliseconds.end());
    return {milliseconds[milliseconds.size() / 2], milliseconds[milliseconds.size() * 99 / 100]};
}

}  // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    loadFonts();
    setTheme(ThemeId::Light);
    const int moves = argc > 1 ? std::max(100, std::atoi(argv[1])) : 1000;
    bool fast = true;
    std::printf("Mouse event to finished repaint, %d moves, window 1440 x 900, milliseconds\n", moves);
    std::printf("%-6s %-18s %12s %10s %10s\n", "type", "scheme", "weights", "median", "99 %");
    for (const bool narrow : {false, true}) {
        for (const char* scheme : {"int4", "int8", "int4,asymmetric"}) {
            Times small{};
            for (const std::int64_t count : {1'000'000, 100'000'000}) {
                SyntheticRecipe recipe;
                recipe.count = count;
                auto source = makeSyntheticTensor(recipe);
                if (!source) {
                    std::fprintf(stderr, "%s\n", source.error().message.c_str());
                    return 2;
                }
                std::shared_ptr<const TensorSource> weights = *source;
                if (narrow)
                    weights = std::make_shared<Bfloat16Copy>(weights);
                const Times times = dragOver(weights, scheme, moves);
                std::printf("%-6s %-18s %12lld %10.2f %10.2f", narrow ? "BF16" : "F32", scheme, (long long)count,
                            times.median, times.p99);
                if (count == 1'000'000)
                    small = times;
                else
                    std::printf("   %.2f x the time of a million", times.median / small.median);
                std::printf("\n");
                std::fflush(stdout);
                fast = fast && times.p99 < 16;
            }
        }
    }
    stopAllJobs();
    return fast ? 0 : 1;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/heat_map.h"

#include "widgets/background_job.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

namespace {

/// How many columns the lens shows, from single weights with values to what needs no lens.
constexpr std::array zooms{4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024};

int lineHeight() { return QFontMetrics(uiFont(11)).height(); }

}  // namespace

HeatMap::HeatMap(QWidget* parent)
    : QWidget(parent)
    , m_reading(new BackgroundJob(Pool::Interactive, this))
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::CrossCursor);
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setAccessibleName(tr("Heat map: where the large weights sit"));
    m_readSoon.setSingleShot(true);
    connect(&m_readSoon, &QTimer::timeout, this, &HeatMap::readLens);
}

HeatMap::~HeatMap() = default;

void HeatMap::setContent(Source source, const TensorInfo* info, std::shared_ptr<const HeatMapContent> content)
{
    const bool isNew = info != m_info || source != m_source;
    m_source = std::move(source);
    m_info = info;
    m_content = std::move(content);
    m_overview = {};
    if (isNew) {
        m_reading->cancel();
        m_window = {};
        m_focus = {};
    }
    if (m_content && !m_content->largestValues.empty() && m_focus == Place())
        m_focus = {m_content->largestValues.front().row, m_content->largestValues.front().column};
    placeLens();
}

void HeatMap::setNote(const QString& note)
{
    m_note = note;
    update();
}

void HeatMap::setDeviation(double mean, double deviation)
{
    m_mean = mean;
    m_deviation = deviation;
    describe();
}

void HeatMap::showPlace(Place place, int lensColumns)
{
    m_focus = place;
    m_lensColumns = std::clamp(lensColumns, fewestColumns, mostLensColumns);
    placeLens();
}

std::optional<double> HeatMap::focusValue() const
{
    if (!m_window.values.empty() && m_window.holds(m_focus.row, m_focus.column))
        return m_window.at(m_focus.row, m_focus.column);
    return {};
}

QString HeatMap::placeText(bool isShort) const
{
    if (!m_content || m_content->rows == 0)
        return {};
    QString text = (isShort ? tr("[%1, %2]") : tr("Row %1, column %2"))
                       .arg(wholeNumber(double(m_focus.row)), wholeNumber(double(m_focus.column)));
    if (const auto value = focusValue()) {
        text += QStringLiteral(": ") + roundedNumber(*value, 4);
        if (m_deviation > 0 && std::isfinite(*value))
            text += tr(", %1 σ").arg(fixedNumber((*value - m_mean) / m_deviation, 1));
    }
    return text;
}

bool HeatMap::isSettled() const
{
    return !m_content || m_content->rows == 0 || !isVisible() || (!m_readSoon.isActive() && !m_reading->isRunning());
}

HeatMap::Layout HeatMap::layOut() const
{
    Layout l;
    if (!m_content || m_content->rows == 0)
        return l;
    const double line = lineHeight();
    const QFontMetrics small(uiFont(11));
    l.left = small.horizontalAdvance(wholeNumber(double(m_content->rows - 1))) + 8.0;
    const double wide = width() - l.left - 2;
    const double room = height() - 2 * line - 6;
    // The matrix keeps its proportions as far as a strip of a third of the height can.
    const double natural = wide * double(m_content->rows) / double(m_content->columns);
    const double tall = std::clamp(natural, std::min(26.0, room * 0.2), std::max(26.0, room * 0.36));
    l.overview = QRectF(l.left, line + 3, wide, tall);
    const double gap = std::clamp(room * 0.09, 10.0, 34.0);
    l.lens = QRectF(l.left, l.overview.bottom() + gap, wide, room - tall - gap);
    // Where the lens is about values, only as many columns as their digits have room for.
    const int readable = int(wide / (QFontMetrics(monoFont(11)).horizontalAdvance(QStringLiteral("+0.000")) + 4));
    const int wanted = m_lensColumns <= 8 ? std::min(m_lensColumns, std::max(fewestColumns, readable)) : m_lensColumns;
    l.lensColumns = int(std::min<std::int64_t>(wanted, m_content->columns));
    const double cellWide = wide / l.lensColumns;
    // Cells with values are as high as a line of text needs; without, they are square.
    const double cellTall = std::clamp(cellWide * 0.62, std::min(cellWide, line + 7), cellWide);
    l.lensRows = int(std::clamp<std::int64_t>(std::int64_t(l.lens.height() / cellTall), 1, m_content->rows));
    l.lens.setHeight(std::min(l.lens.height(), l.lensRows * std::max(cellTall, l.lens.height() / l.lensRows)));
    if (l.lensRows == m_content->rows)
        l.lens.setHeight(std::min(l.lens.height(), l.lensRows * std::max(cellTall * 1.5, line + 12)));
    l.firstRow = m_firstRow;
    l.firstColumn = m_firstColumn;
    return l;
}

/// Moves the lens so that it holds the focus, a step from its edge, and asks for its values.
void HeatMap::placeLens()
{
    update();
    if (!m_content || m_content->rows == 0)
        return;
    m_focus.row = std::clamp<std::int64_t>(m_focus.row, 0, m_content->rows - 1);
    m_focus.column = std::clamp<std::int64_t>(m_focus.column, 0, m_content->columns - 1);
    const Layout l = layOut();
    const auto follow = [](std::int64_t first, std::int64_t focus, int shown, std::int64_t all) {
        const bool isInside = focus >= first && focus < first + shown;
        return std::clamp<std::int64_t>(isInside ? first : focus - shown / 2, 0, all - shown);
    };
    m_firstRow = follow(m_firstRow, m_focus.row, l.lensRows, m_content->rows);
    m_firstColumn = follow(m_firstColumn, m_focus.column, l.lensColumns, m_content->columns);
    describe();
    if (!hasWindow(layOut()))
        m_readSoon.start(0);
}

bool HeatMap::hasWindow(const Layout& l) const
{
    return !m_window.values.empty() && m_window.holds(l.firstRow, l.firstColumn)
        && m_window.holds(l.firstRow + l.lensRows - 1, l.firstColumn + l.lensColumns - 1);
}

void HeatMap::readLens()
{
    const Layout l = layOut();
    if (!m_info || l.lensRows == 0 || hasWindow(l) || !isVisible())
        return;
    WeightWindow window{l.firstRow, l.firstColumn, l.lensRows, l.lensColumns, {}};
    // Something around it, so that a step of an arrow key needs no reading.
    window.row -= 8;
    window.column -= 8;
    window.rows += 16;
    window.columns += 16;
    m_reading->start(
        [source = m_source, info = *m_info, window](const Progress& progress) { return readWindow(*source, info, window, progress); },
        [this](Result<WeightWindow> read) {
            if (!read)
                return;   // The scan says why a file cannot be read; the lens stays as it was.
            m_window = std::move(*read);
            describe();
            update();
            emit windowRead();
        });
}

void HeatMap::describe()
{
    const QString text = placeText();
    if (property("chartDescription").toString() == text)
        return;
    setProperty("chartDescription", text);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    update();
}

void HeatMap::moveTo(Place place)
{
    if (!m_content || m_content->rows == 0)
        return;
    m_focus = place;
    placeLens();
    emit placeChosen();
}

void HeatMap::zoomTo(int columns)
{
    if (!m_content || m_content->rows == 0)
        return;
    m_lensColumns = std::clamp(columns, fewestColumns, mostLensColumns);
    // The focus stays in the middle.
    const Layout l = layOut();
    m_firstRow = m_focus.row - l.lensRows / 2;
    m_firstColumn = m_focus.column - l.lensColumns / 2;
    placeLens();
    emit placeChosen();
}

void HeatMap::moveToMouse(const QPointF& at)
{
    if (!m_content || m_content->rows == 0)
        return;
    const Layout l = layOut();
    if (l.overview.adjusted(-2, -2, 2, 2).contains(at)) {
        const double x = std::clamp((at.x() - l.overview.left()) / l.overview.width(), 0.0, 1.0);
        const double y = std::clamp((at.y() - l.overview.top()) / l.overview.height(), 0.0, 1.0);
        moveTo({std::int64_t(y * double(m_content->rows)), std::int64_t(x * double(m_content->columns))});
    } else if (l.lens.contains(at)) {
        moveTo({l.firstRow + std::int64_t((at.y() - l.lens.top()) / l.lens.height() * l.lensRows),
                l.firstColumn + std::int64_t((at.x() - l.lens.left()) / l.lens.width() * l.lensColumns)});
    }
}

void HeatMap::mousePressEvent(QMouseEvent* event)
{
    setFocus(Qt::MouseFocusReason);
    if (event->button() == Qt::LeftButton)
        moveToMouse(event->position());
    else
        QWidget::mousePressEvent(event);
}

void HeatMap::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        moveToMouse(event->position());
}

void HeatMap::wheelEvent(QWheelEvent* event)
{
    const int turn = event->angleDelta().y();
    if (turn == 0)
        return event->ignore();
    const auto now = std::ranges::lower_bound(zooms, m_lensColumns);
    const auto index = std::clamp<std::ptrdiff_t>(now - zooms.begin() + (turn > 0 ? -1 : 1), 0, std::ptrdiff_t(zooms.size()) - 1);
    zoomTo(zooms[std::size_t(index)]);
    event->accept();
}

void HeatMap::keyPressEvent(QKeyEvent* event)
{
    const Layout l = layOut();
    const bool far = event->modifiers() & Qt::ShiftModifier;
    const auto now = std::ranges::lower_bound(zooms, m_lensColumns);
    Place place = m_focus;
    switch (event->key()) {
    case Qt::Key_Left: place.column -= far ? l.lensColumns : 1; break;
    case Qt::Key_Right: place.column += far ? l.lensColumns : 1; break;
    case Qt::Key_Up: place.row -= far ? l.lensRows : 1; break;
    case Qt::Key_Down: place.row += far ? l.lensRows : 1; break;
    case Qt::Key_PageUp: place.row -= l.lensRows; break;
    case Qt::Key_PageDown: place.row += l.lensRows; break;
    case Qt::Key_Home:
        if (m_content && !m_content->largestValues.empty())
            place = {m_content->largestValues.front().row, m_content->largestValues.front().column};
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomTo(now == zooms.begin() ? zooms.front() : *std::prev(now));
    case Qt::Key_Minus:
        return zoomTo(now == zooms.end() || std::next(now) == zooms.end() ? zooms.back() : *std::next(now));
    default:
        return QWidget::keyPressEvent(event);
    }
    moveTo(place);
}

void HeatMap::resizeEvent(QResizeEvent*)
{
    m_overview = {};
    placeLens();
}

void HeatMap::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_overview = {};
        placeLens();
    }
}

}  // namespace quantoscope

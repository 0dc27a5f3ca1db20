// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace quantoscope {

namespace {

const QByteArray& source(const QString& name)
{
    static QHash<QString, QByteArray> read;
    auto found = read.find(name);
    if (found == read.end()) {
        QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
        found = read.insert(name, file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray());
    }
    return *found;
}

class SvgIconEngine : public QIconEngine {
public:
    SvgIconEngine(QString name, QColor colour)
        : m_name(std::move(name))
        , m_colour(std::move(colour))
    {
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        QColor colour = m_colour;
        if (mode == QIcon::Disabled)
            colour.setAlphaF(0.45f);
        drawIcon(*painter, m_name, rect, colour);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap picture(size);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return picture;
    }

    QIconEngine* clone() const override { return new SvgIconEngine(m_name, m_colour); }

private:
    QString m_name;
    QColor m_colour;
};

}  // namespace

QIcon themedIcon(const QString& name, const QColor& colour)
{
    return QIcon(new SvgIconEngine(name, colour));
}

void drawIcon(QPainter& painter, const QString& name, const QRectF& area, const QColor& colour)
{
    QByteArray svg = source(name);
    if (svg.isEmpty())
        return;
    // The drawings are black; a coloured one (the logo) has no black in it and stays as it is.
    svg.replace("#000000", colour.name(QColor::HexRgb).toLatin1());
    QSvgRenderer renderer(svg);
    painter.save();
    painter.setOpacity(painter.opacity() * colour.alphaF());
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter, area);
    painter.restore();
}

QString menuText(QString text)
{
    return text.replace(u'&', QStringLiteral("&&"));
}

QString menuLine(const QString& text, const QString& explanation)
{
    constexpr qsizetype longest = 72;
    if (explanation.isEmpty())
        return menuText(text);
    QString shown = explanation;
    if (shown.size() > longest)
        shown = shown.left(shown.lastIndexOf(u' ', longest)) + QStringLiteral(" …");
    return menuText(text) + u'\t' + menuText(shown);
}

}  // namespace quantoscope

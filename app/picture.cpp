// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/picture.h"

#include "app/durable_file.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QWidget>

namespace quantoscope {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Picture", text);
}

QByteArray png(QWidget& widget)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    widget.grab().toImage().save(&buffer, "PNG");
    return bytes;
}

QByteArray svg(QWidget& widget)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(widget.size());
    generator.setViewBox(widget.rect());
    generator.setResolution(96);
    generator.setTitle(QStringLiteral("Quantoscope"));
    QPainter painter(&generator);
    widget.render(&painter);
    painter.end();
    return bytes;
}

QByteArray pdf(QWidget& widget)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    // One pixel of 1/96 inch on paper, at a resolution that keeps hairlines exact.
    writer.setPageSize(QPageSize(QSizeF(widget.size()) * 72 / 96, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    writer.setResolution(96 * 10);
    writer.setTitle(QStringLiteral("Quantoscope"));
    QPainter painter(&writer);
    painter.scale(10, 10);
    widget.render(&painter);
    painter.end();
    return bytes;
}

struct Kind {
    const char* suffix;
    QByteArray (*draw)(QWidget&);
};
constexpr Kind kinds[] = {{"png", png}, {"svg", svg}, {"pdf", pdf}};

}  // namespace

Result<void> writePicture(QWidget& widget, const QString& path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    for (const Kind& kind : kinds) {
        if (suffix != QLatin1String(kind.suffix))
            continue;
        const QByteArray bytes = kind.draw(widget);
        if (bytes.isEmpty())
            return failure(Error::Kind::Unreadable, tr("The picture for %1 could not be drawn.").arg(path).toStdString());
        return writeDurably(path, bytes);
    }
    return failure(Error::Kind::Usage,
                   tr("A picture's file must end in .png, .svg or .pdf, not “%1”.").arg(QFileInfo(path).fileName()).toStdString());
}

}  // namespace quantoscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/link.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <cstring>

namespace quantoscope {

namespace {

constexpr auto scheme = "quantoscope:";
constexpr qsizetype longest = 1 << 20;   // Bytes; a state is a few hundred.

tl::unexpected<Error> notALink(const char* why)
{
    return failure(Error::Kind::Malformed, QCoreApplication::translate("Link", why).toStdString());
}

}  // namespace

QString linkText(const Link& link)
{
    QJsonObject object{{QStringLiteral("page"), link.page}};
    if (!link.state.isEmpty())
        object[u"state"] = link.state;
    if (!link.workspace.isEmpty())
        object[u"workspace"] = link.workspace;
    const QByteArray json = QJsonDocument(object).toJson(QJsonDocument::Compact);
    return QLatin1String(scheme)
           + QString::fromLatin1(json.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

bool looksLikeLink(const QString& text)
{
    return text.trimmed().startsWith(QLatin1String(scheme), Qt::CaseInsensitive);
}

Result<Link> parseLink(const QString& text)
{
    const QString trimmed = text.trimmed();
    if (!looksLikeLink(trimmed))
        return notALink("This is no quantoscope: link; one is made by Ctrl+E, Copy link.");
    if (trimmed.size() > longest)
        return notALink("This link is longer than any the program makes; copy it again.");
    QString payload = trimmed.mid(qsizetype(std::strlen(scheme)));
    if (payload.startsWith(u"//"))   // Some mail programs write every scheme so.
        payload = payload.mid(2);
    const auto decoded = QByteArray::fromBase64Encoding(
        payload.toLatin1(), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return notALink("This link is damaged: it holds a character that none of ours has. Copy it again, whole.");
    const QJsonDocument document = QJsonDocument::fromJson(*decoded);
    if (!document.isObject())
        return notALink("This link is damaged or was cut short. Copy it again, whole.");
    const QJsonObject object = document.object();
    Link link{object[u"page"].toString(), object[u"state"].toObject(), object[u"workspace"].toObject()};
    if (link.page.isEmpty())
        return notALink("This link names no page. Copy it again, whole.");
    return link;
}

}  // namespace quantoscope

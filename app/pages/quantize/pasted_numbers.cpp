// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/pasted_numbers.h"

#include <QCoreApplication>

#include <charconv>
#include <cmath>

namespace quantoscope {

static constexpr std::size_t mostNumbers = 1'000'000;

static tl::unexpected<Error> wrong(const char* sentence, const QString& word, int line)
{
    const QString shown = word.size() > 24 ? word.left(24) + u'…' : word;
    return failure(Error::Kind::Usage,
                   QCoreApplication::translate("PastedNumbers", sentence).arg(shown).arg(line).toStdString());
}

Result<std::vector<float>> parsePastedNumbers(const QString& text)
{
    std::vector<float> numbers;
    const auto separates = [](QChar c) {
        return c.isSpace() || QStringView(u",;|[](){}").contains(c);
    };
    int line = 1;
    for (qsizetype at = 0; at < text.size();) {
        if (separates(text[at])) {
            line += text[at] == u'\n';
            ++at;
            continue;
        }
        const qsizetype begin = at;
        while (at < text.size() && !separates(text[at]))
            ++at;
        QString word = text.mid(begin, at - begin);
        std::string plain = word.toStdString();
        if (word.startsWith(QChar(0x2212)))
            plain = '-' + word.mid(1).toStdString();
        const char* first = plain.data() + (plain.starts_with('+') && !plain.starts_with("+-") ? 1 : 0);
        double value = 0;
        const auto [end, error] = std::from_chars(first, plain.data() + plain.size(), value);
        if (error == std::errc::result_out_of_range || std::abs(value) > 3.4028235e38)
            return wrong(QT_TRANSLATE_NOOP("PastedNumbers", "“%1” in line %2 is beyond what FP32 holds; leave it out "
                                                            "or scale the numbers."), word, line);
        if (error != std::errc() || end != plain.data() + plain.size() || !std::isfinite(value))
            return wrong(QT_TRANSLATE_NOOP("PastedNumbers", "“%1” in line %2 is no number; write numbers such as "
                                                            "-0.25 or 1e-3 with spaces, commas or lines between."),
                         word, line);
        if (numbers.size() == mostNumbers)
            return failure(Error::Kind::Usage,
                           QCoreApplication::translate("PastedNumbers", "More than a million numbers were pasted; save "
                                                                        "them as an .npy file and open that.").toStdString());
        numbers.push_back(float(value));
    }
    if (numbers.empty())
        return failure(Error::Kind::Usage,
                       QCoreApplication::translate("PastedNumbers", "There are no numbers yet; paste or type some, for "
                                                                    "example 0.5 -0.25 1.75.").toStdString());
    return numbers;
}

}  // namespace quantoscope

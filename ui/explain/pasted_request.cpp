// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/explain/pasted_request.h"

#include "gateway/config/header_name.h"
#include "gateway/json/document.h"
#include "ui/explain/shell_words.h"

#include <QCoreApplication>

#include <algorithm>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

/// For the texts of this file.
struct Paste
{
    Q_DECLARE_TR_FUNCTIONS(Paste)
};

std::unexpected<PasteProblem> problem(const QString &message, qsizetype position = -1)
{
    return std::unexpected(PasteProblem{message, position});
}

/// Why `body` is no JSON, with the place in it.
std::optional<PasteProblem> jsonProblem(const QByteArray &body)
{
    const auto document = json::Document::read(body);
    if (document)
        return std::nullopt;
    const QString before = QString::fromUtf8(body.first(std::min(document.error().position, body.size())));
    const qsizetype line = before.count(u'\n') + 1;
    const qsizetype column = before.size() - before.lastIndexOf(u'\n');
    return PasteProblem{
        Paste::tr("Line %1, column %2: %3").arg(line).arg(column).arg(QString::fromUtf8(document.error().message)),
        before.size()};
}

bool takesValue(QStringView option)
{
    static constexpr QStringView kWithValue[] = {
        u"-X",           u"--request", u"-u",       u"--user",    u"-A",
        u"--user-agent", u"-o",        u"--output", u"-m",        u"--max-time",
        u"-b",           u"--cookie",  u"-e",       u"--referer", u"--connect-timeout",
        u"-x",           u"--proxy",   u"--cacert"};
    return std::ranges::contains(kWithValue, option);
}

bool isOneOf(QStringView option, std::initializer_list<QStringView> names)
{
    return std::ranges::contains(names, option);
}

/// What a cURL command says, word by word.
class CurlReader
{
public:
    std::expected<PastedRequest, PasteProblem> read(const QStringList &words)
    {
        for (qsizetype i = 1; i < words.size(); ++i) {
            QString option = words[i];
            if (!option.startsWith(u'-')) {
                takeAddress(option);
                continue;
            }
            // -H'Name: value'
            const bool isJoined = option.size() > 2 && (option.startsWith("-H"_L1) || option.startsWith("-d"_L1));
            QString value = isJoined ? option.sliced(2) : words.value(i + 1);
            if (isJoined)
                option.truncate(2);
            const std::expected<bool, PasteProblem> used = take(option, value);
            if (!used)
                return std::unexpected(used.error());
            if (*used && !isJoined)
                ++i;
        }
        if (m_request.body.isEmpty())
            return problem(Paste::tr("The command has no body; paste one with -d '{…}'."));
        if (std::optional<PasteProblem> wrong = jsonProblem(m_request.body))
            return problem(Paste::tr("In the command's body: %1").arg(wrong->message));
        return std::move(m_request);
    }

private:
    void takeAddress(const QString &address)
    {
        if (const auto endpoint = explainedEndpoint(address.toUtf8()))
            m_request.endpoint = endpoint;
    }

    /// Whether the option used its value.
    std::expected<bool, PasteProblem> take(const QString &option, const QString &value)
    {
        if (isOneOf(option, {u"-H", u"--header"})) {
            std::expected<HeaderList, PasteProblem> header = readHeaderLines(value);
            if (!header)
                return std::unexpected(header.error());
            for (const HeaderList::Field &field : *header)
                m_request.headers.add(field.name, field.value);
            return true;
        }
        if (isOneOf(option, {u"-d", u"--data", u"--data-raw", u"--data-binary", u"--data-ascii", u"--json"})) {
            if (value.startsWith(u'@') && option != "--data-raw"_L1)
                return problem(Paste::tr("The body is in a file (%1); paste what is in it.").arg(value));
            m_request.body += value.toUtf8();
            return true;
        }
        if (option == "--url"_L1) {
            takeAddress(value);
            return true;
        }
        return takesValue(option);
    }

    PastedRequest m_request;
};

} // namespace

std::expected<PastedRequest, PasteProblem> readPastedRequest(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty())
        return problem(Paste::tr("Paste the body of a request, or a cURL command."));
    if (trimmed.startsWith("curl "_L1)) {
        const std::optional<QStringList> words = shellWords(trimmed);
        return words ? CurlReader().read(*words) : problem(Paste::tr("A quote of the command is not closed."));
    }
    const QByteArray body = text.toUtf8();
    if (std::optional<PasteProblem> wrong = jsonProblem(body))
        return std::unexpected(*wrong);
    return PastedRequest{.body = body};
}

std::expected<HeaderList, PasteProblem> readHeaderLines(const QString &text)
{
    HeaderList headers;
    qsizetype number = 0;
    qsizetype position = 0;
    for (const QString &written : text.split(u'\n')) {
        ++number;
        const qsizetype begin = std::exchange(position, position + written.size() + 1);
        const QString line = written.trimmed();
        if (line.isEmpty())
            continue;
        const qsizetype colon = line.indexOf(u':');
        const QByteArray name = line.first(std::max<qsizetype>(colon, 0)).trimmed().toUtf8();
        if (!isHeaderName(name))
            return problem(Paste::tr("Header line %1: write it as Name: value").arg(number), begin);
        headers.add(name, line.sliced(colon + 1).trimmed().toUtf8());
    }
    return headers;
}

} // namespace lunargate::ui

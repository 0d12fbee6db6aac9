// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_json_writer.h"

#include "gateway/config/scalar_text.h"
#include "gateway/config/secret_names.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lunargate {

namespace {

constexpr char kMask[] = "***";

/// `scheme://user:password@host/path?name=value` -> `scheme://***@host/path?name=***`
QByteArray maskedUrl(const QByteArray &url)
{
    const qsizetype schemeEnd = url.indexOf("://");
    const qsizetype begin = schemeEnd < 0 ? 0 : schemeEnd + 3;
    const auto isEnd = [](char c) { return c == '/' || c == '?' || c == '#'; };
    const qsizetype end = std::find_if(url.begin() + begin, url.end(), isEnd) - url.begin();
    const qsizetype at = url.first(end).lastIndexOf('@');
    QByteArray masked = at < begin ? url : url.first(begin) + kMask + url.sliced(at);

    const qsizetype query = masked.indexOf('?');
    if (query < 0)
        return masked;
    QByteArrayList parameters = masked.sliced(query + 1).split('&');
    for (QByteArray &parameter : parameters) {
        const qsizetype equals = parameter.indexOf('=');
        parameter = equals < 0 ? QByteArray(kMask) : parameter.first(equals + 1) + kMask;
    }
    return masked.first(query + 1) + parameters.join('&');
}

} // namespace

void ConfigJsonWriter::write(QByteArrayView key, milliseconds value)
{
    m_json.member(key, formatDuration(value));
}

void ConfigJsonWriter::write(QByteArrayView key, const SecretString &value)
{
    m_json.member(key, hidden(value.reveal()));
}

void ConfigJsonWriter::write(QByteArrayView key, const std::vector<QByteArray> &values)
{
    m_json.key(key).beginArray();
    for (const QByteArray &value : values)
        m_json.string(value);
    m_json.endArray();
}

void ConfigJsonWriter::writeUrl(QByteArrayView key, const QByteArray &url)
{
    m_json.member(key, m_secrets == Secrets::Hashed ? url : maskedUrl(url));
}

void ConfigJsonWriter::writeSecretMap(QByteArrayView key, const std::map<QByteArray, QByteArray> &values)
{
    m_json.key(key).beginObject();
    for (const auto &[name, value] : values)
        m_json.member(name, hidden(value));
    m_json.endObject();
}

void ConfigJsonWriter::writeMap(QByteArrayView key, const std::map<QByteArray, QByteArray> &values)
{
    m_json.key(key).beginObject();
    for (const auto &[name, value] : values)
        m_json.member(name, namesSecret(name) ? hidden(value) : value);
    m_json.endObject();
}

void ConfigJsonWriter::writeWord(QByteArrayView key, std::span<const NamedValue> names, int value)
{
    const auto known = std::ranges::find(names, value, &NamedValue::value);
    m_json.member(key, known == names.end() ? "" : known->name);
}

QByteArray ConfigJsonWriter::hidden(const QByteArray &secret) const
{
    if (secret.isEmpty())
        return {};
    if (m_secrets == Secrets::Masked)
        return kMask;
    return QCryptographicHash::hash(secret, QCryptographicHash::Sha256).toHex();
}

} // namespace lunargate

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/json_path.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace lunargate::test {

QJsonValue jsonAt(const QByteArray &json, QByteArrayView path)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    QJsonValue value = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    if (document.isNull())
        return QJsonValue(QJsonValue::Undefined);
    for (const QByteArray &step : path.toByteArray().split('.')) {
        bool isIndex = false;
        const int index = step.toInt(&isIndex);
        value = isIndex && value.isArray() ? value.toArray().at(index) : value[QString::fromUtf8(step)];
    }
    return value;
}

QByteArray textAt(const QByteArray &json, QByteArrayView path)
{
    return jsonAt(json, path).toString().toUtf8();
}

bool isJson(const QByteArray &text)
{
    return !QJsonDocument::fromJson(text).isNull();
}

} // namespace lunargate::test

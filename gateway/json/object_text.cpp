// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/object_text.h"

#include "gateway/json/writer.h"

namespace lunargate::json {

ObjectText objectText(Value object, qsizetype room)
{
    ObjectText written;
    QByteArray &text = written.text;
    text.reserve(room);
    written.members.reserve(object.size());
    text += '{';
    for (const auto [name, value] : object.members()) {
        if (!written.members.empty())
            text += ',';
        const qsizetype begin = text.size();
        appendString(text, name);
        text += ':';
        const qsizetype valueBegin = text.size();
        appendValue(text, value);
        written.members.push_back({name.toByteArray(), {valueBegin, text.size()}, {begin, text.size()}});
    }
    text += '}';
    return written;
}

} // namespace lunargate::json

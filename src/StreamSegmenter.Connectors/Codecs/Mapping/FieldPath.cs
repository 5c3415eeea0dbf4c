using System.Globalization;
using System.Text;

namespace StreamSegmenter.Connectors.Codecs.Mapping;

/// <summary>A path into a record: names between dots, each with selectors of list elements. A name with dots, brackets or quotes
/// of its own is in quotes: <c>"a.b".c</c>, <c>list[0].id</c>, <c>event_params[key=ga_session_id].value.int_value</c>.
/// <para>In <see cref="Text"/> the quotes are gone, so a dot inside a name is not told from one between names.</para></summary>
internal sealed record FieldPath(string Text, IReadOnlyList<ListStep> Lists)
{
    private const int IndexMax = 9_999;

    /// <summary>Reads a path; <paramref name="problem"/> has the reason when it is invalid.</summary>
    public static bool TryParse(string written, out FieldPath path, out string problem)
    {
        var parser = new Parser(written);
        problem = parser.Read() ?? "";
        path = new FieldPath(parser.Text, parser.Lists);
        if (problem.Length == 0 && Encoding.UTF8.GetByteCount(path.Text) > EventDraft.PathBytesMax)
        {
            problem = $"is longer than {EventDraft.PathBytesMax} bytes";
        }

        return problem.Length == 0;
    }

    private sealed class Parser(string written)
    {
        private readonly StringBuilder _text = new();
        private int _at;

        public List<ListStep> Lists { get; } = [];

        public string Text => _text.ToString();

        public string? Read()
        {
            while (true)
            {
                if ((ReadName() ?? ReadSelectors()) is { } problem)
                {
                    return problem;
                }

                if (_at == written.Length)
                {
                    return null;
                }

                // Behind a name and its selectors there is only a dot left.
                _at++;
                _text.Append('.');
            }
        }

        private string? ReadName()
        {
            if (_at < written.Length && written[_at] == '"')
            {
                return ReadQuoted(_text) ?? (_at == written.Length || written[_at] is '.' or '['
                    ? null
                    : $"'{written}' goes on behind a closing quote; write a dot between names");
            }

            var end = written.AsSpan(_at).IndexOfAny('.', '[');
            var name = end < 0 ? written[_at..] : written.Substring(_at, end);
            if (name.Length == 0)
            {
                return $"'{written}' has an empty name; write a path such as user.id, and a name with dots in quotes";
            }

            _text.Append(name);
            _at += name.Length;
            return null;
        }

        private string? ReadQuoted(StringBuilder into)
        {
            var start = _at++;
            var before = into.Length;
            while (_at < written.Length)
            {
                var next = written[_at++];
                if (next != '"')
                {
                    into.Append(next);
                }
                else if (_at < written.Length && written[_at] == '"')
                {
                    into.Append(written[_at++]);
                }
                else
                {
                    return into.Length > before ? null : $"'{written}' has an empty name";
                }
            }

            return $"'{written[start..]}' lacks its closing quote";
        }

        private string? ReadSelectors()
        {
            while (_at < written.Length && written[_at] == '[')
            {
                if (ReadSelector() is { } problem)
                {
                    return problem;
                }
            }

            return null;
        }

        private string? ReadSelector()
        {
            var start = _at++;
            var key = new StringBuilder();
            if (ReadPart(key, '=', ']') is { } problem)
            {
                return problem;
            }

            var value = new StringBuilder();
            var isKey = _at < written.Length && written[_at] == '=';
            if (isKey)
            {
                _at++;
                problem = ReadPart(value, ']', ']');
                if (problem is not null)
                {
                    return problem;
                }
            }

            if (_at == written.Length || written[_at++] != ']')
            {
                return $"'{written[start..]}' lacks its closing bracket";
            }

            var index = -1;
            if (isKey ? value.Length == 0 : !int.TryParse(key.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out index) || index > IndexMax)
            {
                return $"'{written[start.._at]}' selects no element of a list: write its place from [0] to [{IndexMax}], or [key=VALUE]; "
                    + "for all elements there are 'items' and 'unfold', and a name with brackets is written in quotes";
            }

            var step = new ListStep(Text, index, isKey ? key.ToString() : "", value.ToString());
            Lists.Add(step);
            _text.Append(step.Selector);
            return null;
        }

        private string? ReadPart(StringBuilder into, char end, char orEnd)
        {
            if (_at < written.Length && written[_at] == '"')
            {
                return ReadQuoted(into);
            }

            while (_at < written.Length && written[_at] != end && written[_at] != orEnd)
            {
                into.Append(written[_at++]);
            }

            return null;
        }
    }
}

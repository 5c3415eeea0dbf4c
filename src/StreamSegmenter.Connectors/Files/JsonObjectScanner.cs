namespace StreamSegmenter.Connectors.Files;

/// <summary>Finds where a JSON object ends by counting its brackets outside texts. Remembers how far it looked. Whether it is JSON is the
/// decoder's business.</summary>
internal struct JsonObjectScanner
{
    private int _depth;
    private bool _inText;
    private int _position;

    /// <summary>Starts over for the next object.</summary>
    public void Reset() => this = default;

    /// <summary>The place behind the object's last bracket, -1 when it is not among these bytes; each call for an object repeats those of
    /// the last.</summary>
    public int Find(ReadOnlySpan<byte> json)
    {
        while (_position < json.Length)
        {
            if (_inText)
            {
                var found = json[_position..].IndexOfAny((byte)'"', (byte)'\\');
                if (found < 0)
                {
                    _position = json.Length;
                    return -1;
                }

                var isEscape = json[_position + found] == '\\';
                if (isEscape && _position + found + 1 >= json.Length)
                {
                    // What is escaped has not been read yet.
                    _position += found;
                    return -1;
                }

                _position += found + (isEscape ? 2 : 1);
                _inText = isEscape;
                continue;
            }

            var next = json[_position..].IndexOfAny("\"{}[]"u8);
            if (next < 0)
            {
                _position = json.Length;
                return -1;
            }

            _position += next + 1;
            switch (json[_position - 1])
            {
                case (byte)'"':
                    _inText = true;
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                default:
                    if (--_depth <= 0)
                    {
                        return _position;
                    }

                    break;
            }
        }

        return -1;
    }
}

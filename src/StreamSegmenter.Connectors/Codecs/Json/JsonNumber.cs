namespace StreamSegmenter.Connectors.Codecs.Json;

/// <summary>JSON's grammar of numbers.</summary>
internal static class JsonNumber
{
    /// <summary>How many bytes at the start are a number; 0 when they are none. What follows a number is its reader's business.</summary>
    public static int LengthOf(ReadOnlySpan<byte> json)
    {
        var at = json is [(byte)'-', ..] ? 1 : 0;
        var whole = Digits(json, at);
        if (whole == 0 || (whole > 1 && json[at] == '0'))
        {
            return 0;
        }

        at += whole;
        if (at < json.Length && json[at] == '.')
        {
            var fraction = Digits(json, at + 1);
            if (fraction == 0)
            {
                return 0;
            }

            at += 1 + fraction;
        }

        if (at < json.Length && json[at] is (byte)'e' or (byte)'E')
        {
            var sign = at + 1 < json.Length && json[at + 1] is (byte)'+' or (byte)'-' ? 1 : 0;
            var exponent = Digits(json, at + 1 + sign);
            return exponent == 0 ? 0 : at + 1 + sign + exponent;
        }

        return at;
    }

    private static int Digits(ReadOnlySpan<byte> json, int from)
    {
        var at = from;
        while (at < json.Length && json[at] is >= (byte)'0' and <= (byte)'9')
        {
            at++;
        }

        return at - from;
    }
}

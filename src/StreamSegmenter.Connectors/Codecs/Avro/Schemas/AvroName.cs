namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>Name of a record, enum or fixed. <see cref="Namespace"/> is empty for the null namespace.</summary>
internal readonly record struct AvroName(string Namespace, string Simple)
{
    /// <summary>Namespace and simple name joined by a dot: what references and canonical forms use.</summary>
    public string Full => Namespace.Length == 0 ? Simple : Namespace + "." + Simple;

    public override string ToString() => Full;

    /// <summary>A name with a dot is a full name; one without takes <paramref name="enclosingNamespace"/>.</summary>
    public static AvroName Resolve(string name, string enclosingNamespace)
    {
        int dot = name.LastIndexOf('.');
        return dot < 0
            ? new AvroName(enclosingNamespace, name)
            : new AvroName(name[..dot], name[(dot + 1)..]);
    }

    /// <summary>[A-Za-z_][A-Za-z0-9_]*, the rule for names of fields and types and for enum symbols.</summary>
    public static bool IsIdentifier(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsAsciiDigit(text[0]))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Identifiers joined by dots. The empty string is the null namespace and valid.</summary>
    public static bool IsNamespace(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return true;
        }

        foreach (Range part in text.Split('.'))
        {
            if (!IsIdentifier(text[part]))
            {
                return false;
            }
        }

        return true;
    }
}

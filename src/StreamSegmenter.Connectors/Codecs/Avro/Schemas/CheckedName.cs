namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>Name of a record, enum or fixed as its text has it. <see cref="Namespace"/> is empty for the null namespace.</summary>
internal readonly record struct CheckedName(string Namespace, string Simple)
{
    public string Full => Namespace.Length == 0 ? Simple : Namespace + "." + Simple;

    public bool IsValid =>
        IsIdentifier(Simple) && (Namespace.Length == 0 || Namespace.Split('.').All(part => IsIdentifier(part)));

    /// <summary>A name with a dot is a full name; one without takes <paramref name="enclosingNamespace"/>.</summary>
    public static CheckedName Resolve(string name, string enclosingNamespace)
    {
        int dot = name.LastIndexOf('.');
        return dot < 0 ? new CheckedName(enclosingNamespace, name) : new CheckedName(name[..dot], name[(dot + 1)..]);
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
}

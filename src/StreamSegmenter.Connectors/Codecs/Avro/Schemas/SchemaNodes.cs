using System.Text.Json;
using global::Avro;

namespace StreamSegmenter.Connectors.Codecs.Avro.Schemas;

/// <summary>What Apache.Avro's nodes do not expose. Some of it <see cref="CheckedSchemaText"/> has put into their properties,
/// where it is out of the way of the package's own reading of it.</summary>
internal static class SchemaNodes
{
    /// <summary>A type without a namespace inside one that has one would take the outer one: Apache.Avro passes over an empty
    /// 'namespace'. So those without get this, which no text can name.</summary>
    internal const string NullNamespace = "∅";

    internal const string LogicalTypeProperty = "checked-logicalType";
    internal const string AliasesProperty = "checked-aliases";

    /// <summary>Namespace and simple name joined by a dot: what references and canonical forms use.</summary>
    public static string FullName(this NamedSchema schema) => schema.Namespace == NullNamespace ? schema.Name : schema.Fullname;

    /// <summary>How an error names this type: the full name of a named type, else the type's keyword.</summary>
    public static string DisplayName(this Schema schema) =>
        schema is NamedSchema named ? named.FullName() : Schema.GetTypeString(schema.Tag);

    /// <summary>Earlier full names of this type: as a reader it also accepts data written under one of them.</summary>
    public static string[] Aliases(this NamedSchema schema) => Texts(schema.GetProperty(AliasesProperty));

    /// <summary>Earlier names of the field: as a reader it is also filled from a written field of that name.</summary>
    public static string[] EarlierNames(this Field field) => Texts(field.GetProperty(AliasesProperty));

    /// <summary>The position of a field, −1 when there is none of that name. Aliases are not looked at.</summary>
    public static int IndexOf(this RecordSchema record, string field) => record.Fields.FindIndex(candidate => candidate.Name == field);

    private static string[] Texts(string? json) => json is null ? [] : JsonSerializer.Deserialize<string[]>(json)!;
}

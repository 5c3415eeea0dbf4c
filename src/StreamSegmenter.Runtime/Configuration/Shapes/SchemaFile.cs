using System.Text.Json;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>Writes <c>schemas/config.schema.json</c> from the table of keys: what an editor completes and explains is what
/// the engine reads.</summary>
internal static class SchemaFile
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write()
    {
        var schema = ConfigurationShape.Root.ToSchema();
        schema.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        schema.Insert(1, "title", "StreamSegmenter's configuration");
        schema.Insert(2, "description", "Every value may take ${NAME} from the environment or ${file:PATH} from a file.");
        return schema.ToJsonString(Indented) + "\n";
    }
}

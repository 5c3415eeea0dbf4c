using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace StreamSegmenter.ConsolePages.Assets;

/// <summary>Scripts and styles out of the assembly, packed where the browser takes that. An address carries a hash of the contents, so that a
/// browser may keep them until the program changes.</summary>
public static class EmbeddedAssets
{
    private static readonly ConcurrentDictionary<string, Asset> Known = new(StringComparer.Ordinal);

    private static readonly (string Path, string Name)[] Files =
    [
        ("/_framework/blazor.web.js", "blazor.web.js"),
        ("/_content/MudBlazor/MudBlazor.min.css", "MudBlazor.min.css"),
        ("/_content/MudBlazor/MudBlazor.min.js", "MudBlazor.min.js"),
        ("/assets/console.css", "console.css"),
        ("/assets/console.js", "console.js"),
        ("/assets/mark.svg", "mark.svg"),
    ];

    /// <summary>The address of a file, with its hash.</summary>
    public static string Address(string path) => $"{path}?v={AssetOf(Files.Single(file => file.Path == path).Name).Tag[1..^1]}";

    internal static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (path, name) in Files)
        {
            app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], context => SendAsync(context, AssetOf(name)));
        }
    }

    private static Task SendAsync(HttpContext context, Asset asset)
    {
        var headers = context.Response.Headers;
        headers.ETag = asset.Tag;
        headers.CacheControl = context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch == asset.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = asset.Type;
        var packs = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (packs)
        {
            headers.ContentEncoding = "gzip";
        }

        var bytes = packs ? asset.Packed.Value : asset.Bytes;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static Asset AssetOf(string name) => Known.GetOrAdd(name, static name =>
    {
        using var stream = typeof(EmbeddedAssets).Assembly.GetManifestResourceStream("assets/" + name)
            ?? throw new InvalidOperationException($"The assembly carries no {name}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new Asset(bytes, TypeOf(name));
    });

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    };

    private sealed class Asset(byte[] bytes, string type)
    {
        public byte[] Bytes => bytes;

        public string Type => type;

        public string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"";

        public Lazy<byte[]> Packed { get; } = new(() =>
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            {
                gzip.Write(bytes);
            }

            return packed.ToArray();
        });
    }
}

using System.Net;
using System.Net.Sockets;

namespace Recurrent.Docs.Tests.Site;

/// <summary>Serves a folder to this machine: a browser refuses modules of scripts from files.</summary>
internal sealed class StaticServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _address;

    public StaticServer(string folder)
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        _address = $"http://localhost:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        _listener.Prefixes.Add(_address);
        _listener.Start();
        _ = Task.Run(() => Serve(folder));
    }

    public string AddressOf(string page) => _address + page;

    public void Dispose() => _listener.Close();

    private async Task Serve(string folder)
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            string path = Path.Combine(folder, Uri.UnescapeDataString(context.Request.Url!.AbsolutePath).TrimStart('/'));
            using HttpListenerResponse response = context.Response;
            if (!File.Exists(path))
            {
                response.StatusCode = 404;
                continue;
            }

            response.ContentType = Path.GetExtension(path) switch
            {
                ".html" => "text/html",
                ".css" => "text/css",
                ".js" => "text/javascript",
                ".svg" => "image/svg+xml",
                ".json" => "application/json",
                ".png" => "image/png",
                _ => "application/octet-stream",
            };
            await response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path));
        }
    }
}

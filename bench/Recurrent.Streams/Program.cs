using System.CommandLine;
using Recurrent.Streams;

RootCommand root = new("What many streams cost: an asynchronous server over a pool, under load, and the wait for a batch.")
{
    OverheadCommand.Create(), LoadCommand.Create(), BatchingCommand.Create(),
};
return root.Parse(args).Invoke();

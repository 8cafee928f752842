"""Which foreign calls are facts: data only. One row: what it is | which arguments are its values | dotted names.

Arguments are positions or keyword names, the first that is there counts; ``self`` is what the receiver was made
of (a host, a path); ``*`` all texts. Names are as ``names.canon`` spells them.
"""

from __future__ import annotations

from typing import NamedTuple


class Spec(NamedTuple):
    """What a call is: the fact's word, and the selectors of its values (alternatives joined by ``/``)."""

    what: str
    select: tuple[tuple[str, ...], ...]


_ROWS = """
net.download | 0/url/fullurl | requests.get requests.head requests.options requests.Session.get requests.Session.head requests.Session.options
net.download | 0/url | httpx.get httpx.head httpx.stream httpx.Client.get httpx.AsyncClient.get aiohttp.ClientSession.get aiohttp.ClientSession.ws_connect
net.download | 0/url/fullurl | urllib.request.urlopen urllib.request.urlretrieve urllib.request.build_opener.open urllib.request.OpenerDirector.open
net.download | 0/url/fullurl | urllib.request.URLopener.open urllib.request.URLopener.retrieve urllib.request.FancyURLopener.open urllib.request.FancyURLopener.retrieve
net.download | 0/url | wget.download pandas.read_csv pandas.read_json gdown.download feedparser.parse urllib3.urlopen pooch.retrieve requests_html.get
net.download | 1/url | requests.request requests.Session.request httpx.request httpx.Client.request urllib3.PoolManager.request urllib3.request urllib3.PoolManager.urlopen urllib3.ProxyManager.request aiohttp.request aiohttp.ClientSession.request httpx.AsyncClient.request urllib3.HTTPSConnectionPool.request urllib3.HTTPConnectionPool.request
net.download | self,1/url | http.client.HTTPSConnection.request http.client.HTTPConnection.request http.client.HTTPSConnection.putrequest http.client.HTTPConnection.putrequest
net.download | self | socket.socket.recv socket.socket.recvfrom socket.socket.recv_into socket.create_connection.recv websocket.WebSocket.recv websocket.create_connection.recv ssl.wrap_socket.recv asyncio.open_connection.read socket.socket.makefile.read socket.socket.makefile.readline socket.socket.accept.recv ftplib.FTP.retrbinary ftplib.FTP.retrlines
net.download | 0/repo_id | huggingface_hub.hf_hub_download huggingface_hub.snapshot_download torch.hub.load torch.hub.load_state_dict_from_url torch.hub.download_url_to_file
net.download | 0,1 | github.Github.get_repo git.Repo.clone_from boto3.client.download_file boto3.client.get_object
net.send | 0/url | requests.post requests.put requests.patch requests.delete requests.Session.post requests.Session.put requests.Session.patch requests.Session.delete
net.send | 0/url | httpx.post httpx.put httpx.patch httpx.Client.post httpx.Client.put httpx.AsyncClient.post httpx.AsyncClient.put aiohttp.ClientSession.post aiohttp.ClientSession.put aiohttp.ClientSession.patch httpx.delete
net.send | self,0,1 | smtplib.SMTP.sendmail smtplib.SMTP_SSL.sendmail smtplib.SMTP.send_message smtplib.SMTP_SSL.send_message yagmail.SMTP.send aiosmtplib.send
net.send | self | socket.socket.send socket.socket.sendall socket.socket.accept.send socket.socket.accept.sendall socket.socket.sendfile socket.create_connection.send socket.create_connection.sendall ssl.wrap_socket.send ssl.wrap_socket.sendall socket.socket.sendmsg http.client.HTTPConnection.send http.client.HTTPSConnection.send socket.socket.makefile.write
net.send | 1/0 | socket.socket.sendto
net.send | self | ssl.SSLContext.wrap_socket.send ssl.create_default_context.wrap_socket.send ssl.create_default_context.wrap_socket.sendall asyncio.open_connection.write
net.send | self,0 | ftplib.FTP.storbinary ftplib.FTP.storlines ftplib.FTP_TLS.storbinary paramiko.SFTPClient.put paramiko.SSHClient.open_sftp.put paramiko.SFTPClient.from_transport.put paramiko.SSHClient.exec_command
net.send | self,0/url,* | discord.Webhook.send discord_webhook.DiscordWebhook discord_webhook.DiscordWebhook.execute discord.SyncWebhook.send discord.Webhook.from_url.send discord.SyncWebhook.from_url.send dhooks.Webhook.send dhooks.Webhook dhooks.Webhook.modify
net.send | self,0 | telebot.TeleBot.send_message telebot.TeleBot.send_document telebot.TeleBot.send_photo telegram.Bot.send_message telegram.Bot.send_document telegram.Bot.sendMessage telegram.Bot.send_photo telebot.TeleBot.send_audio slack_sdk.WebClient.chat_postMessage slack_sdk.webhook.WebhookClient.send
net.send | self,0/url | websocket.WebSocket.send websocket.create_connection.send websockets.connect.send websocket.WebSocketApp.send socketio.Client.emit xmlrpc.client.ServerProxy.send paho.mqtt.publish.single paho.mqtt.client.Client.publish pusher.Pusher.trigger
net.send | 0,1,2 | boto3.client.put_object boto3.client.upload_file boto3.resource.Object.put dropbox.Dropbox.files_upload pymongo.MongoClient.insert_one firebase_admin.db.reference.push firebase_admin.db.reference.set github.Github.get_user.create_gist
net.send | 0 | webhook.send sentry_sdk.capture_message posthog.capture
net.connect | 0/address | socket.socket.connect socket.socket.connect_ex socket.create_connection socket.socket.bind
net.connect | 0/host,1/port | asyncio.open_connection asyncio.create_connection http.client.HTTPConnection http.client.HTTPSConnection ftplib.FTP ftplib.FTP_TLS ftplib.FTP.connect telnetlib.Telnet smtplib.SMTP smtplib.SMTP_SSL smtplib.SMTP.connect paramiko.SSHClient.connect paramiko.Transport imaplib.IMAP4_SSL poplib.POP3 asyncio.get_event_loop.create_connection asyncio.start_server socketserver.TCPServer
net.connect | 0/token/bot_token | telegram.ext.Updater aiogram.Bot telegram.ext.Application.builder.token telegram.ext.ApplicationBuilder.token nextcord.ext.commands.Bot.run disnake.ext.commands.Bot.run nextcord.Client.run disnake.Client.run slack_bolt.App
net.connect | 0/host | redis.Redis redis.StrictRedis redis.asyncio.Redis
net.connect | 0/url/uri | websocket.create_connection websocket.WebSocketApp websockets.connect websocket.WebSocket.connect socketio.Client.connect xmlrpc.client.ServerProxy webbrowser.open webbrowser.open_new webbrowser.open_new_tab webbrowser.get.open pymongo.MongoClient redis.from_url telethon.TelegramClient discord.Client.run discord.ext.commands.Bot.run telebot.TeleBot telebot.async_telebot.AsyncTeleBot telegram.Bot PyQt5.QtWebEngineWidgets.QWebEngineView.load selenium.webdriver.Chrome.get selenium.webdriver.Firefox.get psycopg2.connect mysql.connector.connect pymysql.connect
dns.query | 0/host/qname | socket.gethostbyname socket.gethostbyname_ex socket.getaddrinfo dns.resolver.query dns.resolver.resolve dns.resolver.Resolver.query dns.resolver.Resolver.resolve dns.message.make_query socket.gethostbyaddr asyncio.get_event_loop.getaddrinfo aiodns.DNSResolver.query dns.asyncresolver.resolve
process.spawn | 0/command/cmd/args | os.system os.popen os.popen2 os.popen3 os.popen4 os.startfile subprocess.Popen subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.getoutput subprocess.getstatusoutput subprocess.run_command pty.spawn asyncio.create_subprocess_shell pexpect.spawn pexpect.run win32api.WinExec win32com.client.Dispatch.Run win32com.client.Dispatch.Exec invoke.run delegator.run plumbum.local pexpect.popen_spawn.PopenSpawn distutils.spawn.spawn wexpect.spawn IPython.get_ipython.system fabric.Connection.local
process.spawn | * | asyncio.create_subprocess_exec os.execl os.execle os.execlp os.execlpe os.spawnl os.spawnle os.spawnlp os.spawnlpe win32process.CreateProcess win32api.ShellExecute win32com.shell.shell.ShellExecuteEx
process.spawn | 1/args | os.execv os.execve os.execvp os.execvpe os.posix_spawn os.posix_spawnp
process.spawn | 2/args | os.spawnv os.spawnve os.spawnvp os.spawnvpe
process.spawn | 0 | ctypes.windll.kernel32.WinExec ctypes.CDLL.system ctypes.cdll.LoadLibrary.system ctypes.cdll.msvcrt.system ctypes.CDLL.popen ctypes.CDLL.execve ctypes.PyDLL.system ctypes.cdll.msvcrt._wsystem os.posix_spawn.run
process.spawn | 1,2,3 | ctypes.windll.shell32.ShellExecuteW ctypes.windll.shell32.ShellExecuteA ctypes.windll.kernel32.CreateProcessW ctypes.windll.kernel32.CreateProcessA
process.spawn | 0 | _winapi.CreateProcess subprocess.CreateProcess _posixsubprocess.fork_exec subprocess.fork_exec
env.read | 0/key | os.getenv os.environ.get os.environ.pop os.environ.setdefault os.environ.__getitem__ os.putenv decouple.config
env.dump | - | os.environ.copy os.environ.items os.environ.values os.environ.keys os.environ.__iter__ os.environ.__repr__ os.environ.__str__ os.environ._data.copy dotenv.dotenv_values os.environ._data.items
host.identify | - | platform.node platform.uname platform.platform platform.system platform.release platform.version platform.machine platform.processor platform.architecture platform.mac_ver platform.win32_ver platform.freedesktop_os_release
host.identify | - | socket.gethostname socket.getfqdn getpass.getuser uuid.getnode uuid.uuid1 os.uname os.getlogin os.getcwd os.getuid os.getpid os.geteuid os.getppid os.getgid os.cpu_count psutil.users psutil.net_if_addrs psutil.virtual_memory psutil.boot_time psutil.disk_usage psutil.cpu_count psutil.disk_partitions
host.identify | - | netifaces.interfaces netifaces.ifaddresses cpuinfo.get_cpu_info GPUtil.getGPUs pwd.getpwuid pwd.getpwall wmi.WMI.Win32_ComputerSystem wmi.WMI wmi.WMI.Win32_OperatingSystem wmi.WMI.Win32_Processor getmac.get_mac_address win32api.GetUserName win32api.GetComputerName ctypes.windll.advapi32.GetUserNameW ctypes.windll.secur32.GetUserNameExW psutil.process_iter psutil.pids locale.getdefaultlocale geocoder.ip pathlib.Path.cwd machineid.id browser_cookie3.None
browser.read | * | browser_cookie3.load browser_cookie3.chrome browser_cookie3.firefox browser_cookie3.edge browser_cookie3.opera browser_cookie3.brave browser_cookie3.chromium browser_cookie3.safari browserhistory.get_browserhistory browser_history.get_history rookiepy.load win32crypt.CryptUnprotectData keyring.get_password pycookiecheat.chrome_cookies browsercookie.load browsercookie.chrome
file.delete | 0/path | os.remove os.unlink os.rmdir os.removedirs shutil.rmtree os.truncate send2trash.send2trash
file.delete | self | pathlib.Path.unlink pathlib.Path.rmdir
file.chmod | 0/path,1/mode | os.chmod os.lchmod os.fchmod
file.chmod | self,0 | pathlib.Path.chmod
file.list | 0/path/top | os.listdir os.walk os.scandir glob.glob glob.iglob os.path.exists os.path.isdir os.path.isfile os.access
file.list | self,0 | pathlib.Path.iterdir pathlib.Path.glob pathlib.Path.rglob pathlib.Path.walk pathlib.Path.exists pathlib.Path.is_file pathlib.Path.is_dir
file.read | self | pathlib.Path.read_text pathlib.Path.read_bytes
file.read | 0 | linecache.getlines linecache.getline fileinput.input configparser.ConfigParser.read configparser.RawConfigParser.read sqlite3.connect os.open mmap.mmap numpy.fromfile numpy.load pandas.read_pickle pandas.read_excel toml.load dotenv.load_dotenv PIL.Image.open wave.open aiofiles.open zipfile.ZipFile tarfile.open imageio.imread cv2.imread os.readlink
file.read | 1/resource,* | pkgutil.get_data pkg_resources.resource_string pkg_resources.resource_stream pkg_resources.resource_filename importlib.resources.read_text importlib.resources.read_binary importlib.resources.open_binary importlib.resources.open_text importlib.resources.path
file.read | self | importlib.resources.files.joinpath.read_text importlib.resources.files.joinpath.read_bytes importlib.resources.files.joinpath.open.read importlib.resources.files.read_bytes importlib.resources.files.read_text
file.write | self | pathlib.Path.touch
file.write | 0/name/path | os.makedirs os.mkdir os.mkfifo os.symlink os.link
file.write | 1/dst | shutil.copy shutil.copyfile shutil.copy2 shutil.copytree shutil.move os.rename os.replace
archive.extract | self,0 | zipfile.ZipFile.extractall zipfile.ZipFile.extract tarfile.open.extractall tarfile.open.extract tarfile.TarFile.extractall py7zr.SevenZipFile.extractall rarfile.RarFile.extractall pyzipper.AESZipFile.extractall patoolib.extract_archive
archive.extract | 0 | shutil.unpack_archive
deserialize | 0 | pickle.loads pickle.load pickle.Unpickler.load marshal.load marshal.loads dill.loads dill.load cloudpickle.loads cloudpickle.load joblib.load torch.load yaml.load yaml.unsafe_load yaml.full_load yaml.load_all shelve.open jsonpickle.decode pandas.read_pickle _pickle.loads numpy.load keras.models.load_model tensorflow.keras.models.load_model
code.load-native | 0/name | ctypes.CDLL ctypes.PyDLL ctypes.WinDLL ctypes.OleDLL ctypes.cdll.LoadLibrary ctypes.windll.LoadLibrary ctypes.oledll.LoadLibrary imp.load_dynamic cffi.FFI.dlopen importlib.machinery.ExtensionFileLoader win32api.LoadLibrary clr.AddReference torch.ops.load_library torch.classes.load_library
code.load-native | fn | ctypes.windll.kernel32.VirtualAlloc ctypes.windll.kernel32.VirtualProtect ctypes.windll.kernel32.RtlMoveMemory ctypes.windll.kernel32.CreateThread ctypes.windll.kernel32.CreateRemoteThread ctypes.windll.kernel32.VirtualAllocEx ctypes.windll.kernel32.WriteProcessMemory ctypes.windll.ntdll.NtAllocateVirtualMemory ctypes.windll.kernel32.HeapCreate ctypes.CDLL.mprotect ctypes.CDLL.memfd_create os.memfd_create ctypes.windll.kernel32.LoadLibraryA ctypes.windll.kernel32.LoadLibraryW
clipboard.read | - | pyperclip.paste pyperclip.waitForPaste pyperclip.waitForNewPaste win32clipboard.GetClipboardData clipboard.paste tkinter.Tk.clipboard_get pandas.read_clipboard xerox.paste PIL.ImageGrab.grabclipboard ctypes.windll.user32.GetClipboardData PyQt5.QtWidgets.QApplication.clipboard.text klembord.get_text
clipboard.write | 0 | pyperclip.copy win32clipboard.SetClipboardText win32clipboard.SetClipboardData clipboard.copy tkinter.Tk.clipboard_append ctypes.windll.user32.SetClipboardData xerox.copy
screen.read | - | PIL.ImageGrab.grab pyautogui.screenshot mss.mss.grab mss.mss.shot mss.mss.save pyscreenshot.grab PIL.ImageGrab.grab.save pyscreeze.screenshot dxcam.create.grab d3dshot.create.screenshot win32gui.GetDesktopWindow
keyboard.read | - | pynput.keyboard.Listener keyboard.on_press keyboard.on_release keyboard.hook keyboard.record keyboard.read_event keyboard.read_key pynput.mouse.Listener pyHook.HookManager pyWinhook.HookManager pyxhook.HookManager ctypes.windll.user32.GetAsyncKeyState ctypes.windll.user32.SetWindowsHookExA ctypes.windll.user32.SetWindowsHookExW win32api.GetAsyncKeyState evdev.InputDevice.read_loop
camera.read | 0 | cv2.VideoCapture sounddevice.rec pyaudio.PyAudio.open pygame.camera.Camera vidcap.new_Dev speech_recognition.Microphone
anti.analysis | fn | sys.gettrace ctypes.windll.kernel32.IsDebuggerPresent ctypes.windll.kernel32.CheckRemoteDebuggerPresent win32api.IsDebuggerPresent ctypes.windll.ntdll.NtSetInformationThread ctypes.windll.user32.BlockInput ctypes.windll.ntdll.RtlAdjustPrivilege ctypes.windll.ntdll.NtRaiseHardError ctypes.windll.kernel32.GetTickCount win32api.GetCursorPos ctypes.windll.user32.GetCursorPos ctypes.windll.user32.GetLastInputInfo
sleep | 0 | time.sleep asyncio.sleep
package.install | * | pip.main pip._internal.cli.main pip.internal.main ensurepip.bootstrap conda.cli.main setuptools.command.easy_install.main micropip.install
persist | * | os.chdir winreg.SetValueEx winreg.SetValue win32api.RegSetValueEx crontab.CronTab.new win32serviceutil.InstallService winshell.CreateShortcut win32com.client.Dispatch.CreateShortCut win32com.client.Dispatch.CreateShortcut
crypto.key | * | eth_account.Account.from_key eth_account.Account.from_mnemonic eth_account.Account.create eth_account.Account.privateKeyToAccount solders.keypair.Keypair.from_bytes solders.keypair.Keypair.from_base58_string solana.keypair.Keypair.from_secret_key bip_utils.Bip39SeedGenerator mnemonic.Mnemonic.to_seed ecdsa.SigningKey.from_string cryptography.fernet.Fernet.generate_key nacl.signing.SigningKey Crypto.PublicKey.RSA.generate web3.Web3.eth.account.from_key solders.keypair.Keypair.from_seed bitcoinlib.wallets.Wallet.create tronpy.keys.PrivateKey
crypto.mine | * | pyopencl.miner hashrate.start
net.download | 0/url | niquests.get curl_cffi.requests.get grequests.get hrequests.get treq.get tls_client.Session.get cloudscraper.create_scraper.get mechanize.urlopen tornado.httpclient.HTTPClient.fetch tornado.httpclient.AsyncHTTPClient.fetch httplib2.Http.request twisted.web.client.getPage
net.download | self | ssl.create_default_context.wrap_socket.recv ssl.SSLContext.wrap_socket.recv ssl.wrap_socket.read ssl.create_default_context.wrap_socket.read zmq.Context.socket.recv zmq.Context.socket.recv_string asyncio.open_connection.readline
net.connect | 0/address | ssl.create_default_context.wrap_socket.connect ssl.SSLContext.wrap_socket.connect ssl.wrap_socket.connect zmq.Context.socket.connect socks.socksocket.connect
net.send | 0/url | niquests.post curl_cffi.requests.post grequests.post hrequests.post treq.post tls_client.Session.post cloudscraper.create_scraper.post niquests.put httpx.AsyncClient.patch httpx.Client.request
net.send | self,0 | pysftp.Connection.put fabric.Connection.put pushbullet.Pushbullet.push_note pushbullet.Pushbullet.push_file zmq.Context.socket.send zmq.Context.socket.send_string slack_sdk.WebClient.files_upload slack_sdk.WebClient.files_upload_v2 imaplib.IMAP4_SSL.append ssl.SSLContext.wrap_socket.sendall ssl.wrap_socket.write twilio.rest.Client.messages.create
net.send | 0,1,2 | boto3.resource.Bucket.upload_file boto3.client.upload_fileobj google.cloud.storage.Client.bucket.blob.upload_from_filename azure.storage.blob.BlobClient.upload_blob gspread.service_account.open.sheet1.append_row
file.write | 0/file/filename | cv2.imwrite scipy.io.wavfile.write soundfile.write imageio.imwrite imageio.imsave matplotlib.pyplot.imsave numpy.save joblib.dump
camera.read | 0 | sounddevice.InputStream sounddevice.RawInputStream cv2.VideoCapture.read pyaudio.PyAudio.open.read
screen.read | - | autopy.bitmap.capture_screen mss.mss.grab.rgb PyQt5.QtWidgets.QApplication.primaryScreen.grabWindow
clipboard.read | - | jaraco.clipboard.paste copykitten.paste clipman.get pyperclip3.paste
keyboard.read | - | keyboard.start_recording keyboard.stop_recording keyboard.on_press_key
file.read | 2/root_dir | shutil.make_archive
file.write | 0 | win32file.CreateFile win32file.CreateFileW
net.connect | 0/host,1/port | paho.mqtt.client.Client.connect pika.ConnectionParameters
net.send | self,0 | redis.Redis.rpush redis.Redis.lpush redis.Redis.publish redis.Redis.set redis.StrictRedis.set redis.StrictRedis.rpush redis.StrictRedis.publish
net.download | self | redis.Redis.blpop redis.Redis.brpop redis.Redis.lpop redis.Redis.rpop redis.StrictRedis.blpop redis.StrictRedis.lpop redis.StrictRedis.brpop
"""  # noqa: E501, RUF100

FOLLOWED = frozenset(
    [
        "threading.Thread",
        "threading.Timer",
        "multiprocessing.Process",
        "multiprocessing.Pool.map",
        "multiprocessing.Pool.apply",
        "multiprocessing.Pool.apply_async",
        "multiprocessing.Pool.map_async",
        "multiprocessing.pool.ThreadPool.map",
        "multiprocessing.context.Process",
        "multiprocessing.get_context.Process",
        "multiprocessing.Pool.starmap",
        "multiprocessing.Pool.imap",
        "multiprocessing.pool.ThreadPool.apply_async",
        "concurrent.futures.ThreadPoolExecutor.submit",
        "concurrent.futures.ThreadPoolExecutor.map",
        "concurrent.futures.ProcessPoolExecutor.submit",
        "concurrent.futures.ProcessPoolExecutor.map",
        "concurrent.futures.thread.ThreadPoolExecutor.submit",
        "atexit.register",
        "_thread.start_new_thread",
        "asyncio.run",
        "asyncio.create_task",
        "asyncio.gather",
        "asyncio.ensure_future",
        "asyncio.get_event_loop.run_until_complete",
        "asyncio.new_event_loop.run_until_complete",
        "asyncio.wait",
        "asyncio.get_event_loop.run_in_executor",
        "asyncio.to_thread",
        "asyncio.run_coroutine_threadsafe",
        "asyncio.wait_for",
        "asyncio.get_event_loop.call_soon",
        "asyncio.get_event_loop.call_later",
        "asyncio.get_event_loop.create_task",
        "functools.reduce",
        "map",
        "filter",
        "sorted",
        "min",
        "max",
        "list",
        "tuple",
        "set",
        "iter",
        "next",
        "any",
        "all",
        "sum",
        "apply",
        "itertools.starmap",
        "itertools.accumulate",
        "itertools.takewhile",
        "sys.settrace",
        "sys.setprofile",
        "sys.addaudithook",
        "contextlib.suppress",
        "contextlib.ExitStack.callback",
        "weakref.finalize",
        "sys.excepthook",
        "signal.signal",
        "timeit.timeit",
        "re.sub",
        "os.register_at_fork",
        "threading.settrace",
        "trio.run",
        "anyio.run",
        "gevent.spawn",
        "gevent.Greenlet.spawn",
        "schedule.every.seconds.do",
        "schedule.every.minutes.do",
        "sched.scheduler.enter",
        "sched.scheduler.run",
        "importlib.reload",
        "dict.fromkeys",
        "eventlet.spawn",
        "greenlet.greenlet",
        "pynput.keyboard.Listener",
        "keyboard.on_press",
        "keyboard.hook",
        "cProfile.run",
    ]
)
"""Foreign calls that run the functions given to them, at once or soon."""

NO_FLOW = frozenset(
    [
        "len",
        "isinstance",
        "issubclass",
        "type",
        "hash",
        "id",
        "bool",
        "callable",
        "hasattr",
        "print",
        "super",
        "object",
        "property",
        "staticmethod",
        "classmethod",
        "time.time",
        "time.sleep",
        "logging.getLogger",
        "logging.info",
        "logging.debug",
        "logging.warning",
        "logging.error",
        "os.makedirs",
        "os.mkdir",
        "os.chmod",
        "os.remove",
        "os.unlink",
        "shutil.rmtree",
        "sys.exit",
        "exit",
        "quit",
        "enumerate.__init__",
        "os.path.exists",
        "os.path.isfile",
        "os.path.isdir",
        "os.chdir",
        "random.choice",
        "random.randint",
        "random.random",
        "time.strftime",
        "datetime.datetime.now",
        "warnings.warn",
        "ValueError",
        "TypeError",
        "RuntimeError",
        "Exception",
        "signal.signal",
        "setattr",
        "delattr",
        "sys.stdout.write",
        "sys.stderr.write",
    ]
)
"""Calls whose result does not carry their arguments' data."""

METHODS = {
    "sendall": ("net.send", "self"), "sendmail": ("net.send", "self"), "storbinary": ("net.send", "self"),
    "urlopen": ("net.download", "0"), "clipboard_get": ("clipboard.read", "-"), "send_message": ("net.send", "self"),
    "send_document": ("net.send", "self"), "sendDocument": ("net.send", "self"), "sendMessage": ("net.send", "self"),
    "recv": ("net.download", "self"), "ImageGrab": ("screen.read", "-"), "extractall": ("archive.extract", "self"),
    "gethostbyname": ("dns.query", "0"), "urlretrieve": ("net.download", "0"), "startfile": ("process.spawn", "0"),
    "getoutput": ("process.spawn", "0"), "check_output": ("process.spawn", "0"), "Popen": ("process.spawn", "0"),
    "check_call": ("process.spawn", "0"), "b64decode": ("code.decode", "0"), "gethostname": ("host.identify", "-"),
    "WinExec": ("process.spawn", "0"), "VirtualAlloc": ("code.load-native", "fn"),
    "CreateThread": ("code.load-native", "fn"), "RtlMoveMemory": ("code.load-native", "fn"),
    "IsDebuggerPresent": ("anti.analysis", "fn"), "GetAsyncKeyState": ("keyboard.read", "-"),
    "__subclasses__": ("code.import-dynamic", "fn"), "write_text": ("file.write", "self"), "write_bytes": ("file.write", "self"), "read_bytes": ("file.read", "self"),
    "read_text": ("file.read", "self"), "CreateShortCut": ("persist", "*"), "SetValueEx": ("persist", "*"),
    "getenv": ("env.read", "0"), "system": ("process.spawn", "0"), "popen": ("process.spawn", "0"),
    "connect_ex": ("net.connect", "0"), "unlink": ("file.delete", "self"), "exec_command": ("net.send", "0"),
    "VirtualProtect": ("code.load-native", "fn"), "ShellExecuteW": ("process.spawn", "*"),
}  # fmt: skip
"""Methods that say what they are whatever their receiver: (what, selector)."""

WEB_METHODS = {"get": "net.download", "post": "net.send", "put": "net.send", "patch": "net.send",
               "request": "net.download", "open": "net.download", "head": "net.download"}  # fmt: skip
"""Methods of an unknown receiver that are web requests when an argument is a web address."""

RESULT = frozenset(
    [
        "net.download",
        "net.send",
        "dns.query",
        "process.spawn",
        "env.read",
        "env.dump",
        "host.identify",
        "browser.read",
        "file.read",
        "file.list",
        "deserialize",
        "code.load-native",
        "clipboard.read",
        "screen.read",
        "keyboard.read",
        "camera.read",
        "code.decode",
        "crypto.key",
        "wallet.read",
        "archive.extract",
        "net.connect",
    ]
)
"""Kinds whose result carries the fact on."""


def _select(text: str) -> tuple[tuple[str, ...], ...]:
    return () if text == "-" else tuple(tuple(part.split("/")) for part in text.split(","))


def _read() -> dict[str, Spec]:
    table: dict[str, Spec] = {}
    for row in _ROWS.strip().splitlines():
        what, select, names = row.split("|")
        spec = Spec(what.strip(), _select(select.strip()))
        for name in names.split():
            table.setdefault(name, spec)
    return table


CALLS = _read()
METHOD_SPECS = {name: Spec(what, _select(select)) for name, (what, select) in METHODS.items()}
